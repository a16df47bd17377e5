/** A commit by the beginning of its hash, as people say it: of those at which something ran in any domain. */
import type { RequestContext } from '../../kernel/context.js';
import { badInput } from '../../kernel/errors/index.js';
import { keyOfType, toGlobalId } from '../../kernel/ids/index.js';
import { completeKeys, type EntityMap, type Row } from '../../kernel/read/index.js';
import { bareNode } from './node.js';

const type = 'Commit';

/** Git's own least. */
const beginning = /^[0-9a-f]{4,64}$/;

/** Named in the error, so that a caller can choose. */
const mostCandidates = 10;

interface Args {
  readonly repositoryId: string;
  readonly sha: string;
}

/** `commits` are the maps of what ran at commits. Throws BAD_USER_INPUT for a beginning that several hashes have. */
export function commitResolver(commits: readonly EntityMap[]) {
  return async (_root: unknown, { repositoryId, sha }: Args, { db, auth }: RequestContext): Promise<Row | null> => {
    const fullName = keyOfType(repositoryId, 'Repository').toLowerCase();
    const prefix = sha.toLowerCase();
    if (!beginning.test(prefix)) throw badInput('sha must be a hash or its beginning: 4 to 64 hex digits.');
    const found = await Promise.all(
      commits.map((entity) => {
        const columns = entity.compoundKey?.columns ?? [];
        return completeKeys(db, { entity, columns, values: [fullName], prefix, limit: mostCandidates, auth });
      }),
    );
    const candidates = [...new Set(found.flat())].sort().slice(0, mostCandidates);
    const [only] = candidates;
    if (candidates.length > 1) {
      throw badInput(`${prefix} is the beginning of several commits of ${fullName}: ${candidates.join(', ')}.`, {
        reason: 'AMBIGUOUS_SHA',
        candidates,
      });
    }
    return only === undefined ? null : bareNode(type, toGlobalId(type, `${fullName}@${only}`));
  };
}
