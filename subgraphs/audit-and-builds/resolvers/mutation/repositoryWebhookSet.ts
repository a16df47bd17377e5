import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { setWebhook, type WebhookChange } from '../../repository/repositories.js';

interface Args extends Record<string, unknown> {
  readonly input: Omit<WebhookChange, 'fullName'> & { readonly repositoryId: string };
}

export const repositoryWebhookSet: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const { repositoryId, ...rest } = input;
  return setWebhook(context, { ...rest, fullName: keyOfType(repositoryId, 'Repository') });
};
