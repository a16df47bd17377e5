import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { redriveMessages, type RedriveInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: RedriveInput;
}

export const webhookMessagesRedrive: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const { webhookEndpointId, webhookMessageIds } = input;
  return redriveMessages(context, {
    webhookEndpointId: uuidOfType(webhookEndpointId, 'WebhookEndpoint'),
    webhookMessageIds: webhookMessageIds?.map((id) => uuidOfType(id, 'WebhookMessage')) ?? null,
  });
};
