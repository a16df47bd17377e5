import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { removeEndpoint } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly webhookEndpointId: string };
}

export const webhookEndpointRemove: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return removeEndpoint(context, uuidOfType(input.webhookEndpointId, 'WebhookEndpoint'));
};
