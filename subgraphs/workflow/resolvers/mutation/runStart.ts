import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { startRun, type StartInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: StartInput;
}

export const runStart: FieldResolver<unknown, Args> = (_parent, { input }, ctx) => {
  return startRun(ctx, {
    ...input,
    input: input.input ?? {},
    workOrderId: uuidOfType(input.workOrderId, 'WorkOrder'),
    workflowTemplateId: uuidOfType(input.workflowTemplateId, 'WorkflowTemplate'),
  });
};
