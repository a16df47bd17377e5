import { keyOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { saveEndpoint, type EndpointDoors, type EndpointInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: Omit<EndpointInput, 'repository'> & { readonly repositoryId?: string | null };
}

export function createWebhookEndpointSave(doors: EndpointDoors): FieldResolver<unknown, Args> {
  return (_root, { input: { repositoryId, ...input } }, context) => {
    // An empty text asks for no repository any more.
    const repository = repositoryId ? keyOfType(repositoryId, 'Repository').toLowerCase() : repositoryId;
    return saveEndpoint(context, doors, { ...input, ...(repository !== undefined && { repository }) });
  };
}
