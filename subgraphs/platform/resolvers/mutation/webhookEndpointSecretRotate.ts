import type { Keyring } from '../../../kernel/encryption/index.js';
import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { rotateSecret, type RotateInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: RotateInput;
}

export function createWebhookEndpointSecretRotate(keyring: Keyring | null): FieldResolver<unknown, Args> {
  return (_root, { input }, context) => {
    const webhookEndpointId = uuidOfType(input.webhookEndpointId, 'WebhookEndpoint');
    return rotateSecret(context, keyring, { ...input, webhookEndpointId });
  };
}
