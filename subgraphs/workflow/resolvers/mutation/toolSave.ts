import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { saveTool, type ToolInput } from '../../operations/tools.js';

interface Args extends Record<string, unknown> {
  readonly input: ToolInput;
}

export const toolSave: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const { connectorId, capabilityIds } = input;
  return saveTool(context, {
    ...input,
    connectorId: connectorId == null ? null : uuidOfType(connectorId, 'Connector'),
    capabilityIds: capabilityIds?.map((id) => uuidOfType(id, 'Capability')) ?? null,
  });
};
