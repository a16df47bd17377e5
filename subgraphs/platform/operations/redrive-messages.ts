/** Dead letters wait again: all of an endpoint, or those named. */
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { reopenDeadMessages } from '../repository/webhook-messages.js';
import { lockOwnEndpoint } from './owned-endpoint.js';

export interface RedriveInput {
  readonly webhookEndpointId: string;
  /** Null: all of them. */
  readonly webhookMessageIds?: readonly string[] | null;
}

/** With one call. */
const maxRedriven = 1_000;

export function redriveMessages(
  writer: Writer,
  { webhookEndpointId, webhookMessageIds = null }: RedriveInput,
): Promise<Written<{ webhookEndpoint: string; redriven: number }>> {
  return write(writer, { operation: 'webhookMessagesRedrive' }, async (tx) => {
    if ((webhookMessageIds?.length ?? 0) > maxRedriven)
      throw userError('VALIDATION', 'webhookMessageIds', `At most ${maxRedriven} messages can be redriven at once.`);
    const { id, owner } = await lockOwnEndpoint(tx, writer, webhookEndpointId);
    const redriven = await reopenDeadMessages(tx, { endpointId: id, ids: webhookMessageIds, limit: maxRedriven });
    const details = { redriven };
    tx.record({ type: 'WebhookEndpoint', key: id, action: 'webhookMessagesRedriven', details, account: owner });
    return { webhookEndpoint: id, redriven };
  });
}
