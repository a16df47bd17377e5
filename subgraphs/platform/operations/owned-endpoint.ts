/** The endpoint that somebody may change: their own, or any with `webhooks:admin`. */
import { userError } from '../../kernel/errors/index.js';
import type { Writer, WriteTransaction } from '../../kernel/write/index.js';
import { lockEndpoint, type EndpointState } from '../repository/webhook-endpoints.js';

export function isTheirs(writer: Writer, { owner }: Pick<EndpointState, 'owner'>): boolean {
  return writer.auth.subject === owner || writer.auth.has('webhooks:admin');
}

/** Locked. Throws NOT_FOUND for another's, too: whether there is one is their affair. */
export async function lockOwnEndpoint(tx: WriteTransaction, writer: Writer, id: string): Promise<EndpointState> {
  const endpoint = await lockEndpoint(tx, id);
  if (endpoint === null || !isTheirs(writer, endpoint))
    throw userError('NOT_FOUND', 'webhookEndpointId', 'There is no such endpoint.');
  return endpoint;
}
