/** A new secret for an endpoint; the old one signs beside it for a while. */
import type { Keyring } from '../../kernel/encryption/index.js';
import { userError } from '../../kernel/errors/index.js';
import { newSigningSecret } from '../../kernel/outbound/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { assertOverlap } from '../domain/webhook-input.js';
import { ownerOfSecret, replaceSecret } from '../repository/webhook-endpoints.js';
import { lockOwnEndpoint } from './owned-endpoint.js';

export interface RotateInput {
  readonly webhookEndpointId: string;
  readonly overlapSeconds?: number | null;
}

const defaultOverlapSeconds = 86_400;

export function rotateSecret(
  writer: Writer,
  keyring: Keyring | null,
  { webhookEndpointId, overlapSeconds }: RotateInput,
): Promise<Written<{ webhookEndpoint: string; secret: string }>> {
  return write(writer, { operation: 'webhookEndpointSecretRotate' }, async (tx) => {
    const overlap = overlapSeconds ?? defaultOverlapSeconds;
    assertOverlap(overlap);
    if (keyring === null)
      throw userError('VALIDATION', null, 'The secret can not be stored: WEFT_ENCRYPTION_KEY is not set.');
    const { id, name, owner } = await lockOwnEndpoint(tx, writer, webhookEndpointId);
    const secret = newSigningSecret();
    await replaceSecret(tx, { id, secret: keyring.seal(secret, ownerOfSecret(id)), overlapSeconds: overlap });
    const details = { name, overlapSeconds: overlap };
    tx.record({ type: 'WebhookEndpoint', key: id, action: 'webhookEndpointSecretRotated', details, account: owner });
    return { webhookEndpoint: id, secret };
  });
}
