/** Removes an endpoint with its messages: what waits is not sent. */
import { toGlobalId } from '../../kernel/ids/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { deleteEndpoint } from '../repository/webhook-endpoints.js';
import { lockOwnEndpoint } from './owned-endpoint.js';

export function removeEndpoint(writer: Writer, webhookEndpointId: string): Promise<Written<{ removedId: string }>> {
  return write(writer, { operation: 'webhookEndpointRemove' }, async (tx) => {
    const { id, name, owner } = await lockOwnEndpoint(tx, writer, webhookEndpointId);
    await deleteEndpoint(tx, id);
    tx.record({
      type: 'WebhookEndpoint',
      key: id,
      action: 'webhookEndpointRemoved',
      details: { name },
      account: owner,
    });
    return { removedId: toGlobalId('WebhookEndpoint', id) };
  });
}
