/** `Mutation.auditCheckpointCreate`: a signed head on request. */
import type { Config } from '../../../kernel/config/index.js';
import type { RequestContext } from '../../../kernel/context.js';
import { userError, type UserErrors } from '../../../kernel/errors/index.js';
import { openCheckpointer, TrailRefusal } from '../../../kernel/trail/index.js';
import { createLogger } from '../../../kernel/log/index.js';

interface Payload {
  readonly auditCheckpoint: string | null;
  readonly userErrors: UserErrors['userErrors'];
}

export function auditCheckpointCreate({ trail, logLevel }: Pick<Config, 'trail' | 'logLevel'>) {
  const log = createLogger({ level: logLevel, name: 'weft-trail' });
  return async (_root: unknown, _args: unknown, { database }: RequestContext): Promise<Payload> => {
    const checkpointer = await openCheckpointer(trail, database, log);
    if (checkpointer === null)
      return refused(userError('VALIDATION', null, 'The operator has set no key to sign with.'));
    try {
      const made = await checkpointer.round();
      if (made === null) return refused(userError('NOT_FOUND', null, 'The audit trail is empty.'));
      return { auditCheckpoint: String(made.size), userErrors: [] };
    } catch (error) {
      if (error instanceof TrailRefusal)
        return refused(userError('CONFLICT', null, `Nothing is signed: ${error.message}.`));
      throw error;
    }
  };
}

function refused({ userErrors }: UserErrors): Payload {
  return { auditCheckpoint: null, userErrors };
}
