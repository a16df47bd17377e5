import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { saveSchedule, type ScheduleInput } from '../../operations/index.js';

interface Args extends Record<string, unknown> {
  readonly input: ScheduleInput;
}

export const scheduleSave: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  const { workflowTemplateId: template } = input;
  const workflowTemplateId = template == null ? null : uuidOfType(template, 'WorkflowTemplate');
  return saveSchedule(context, { ...input, workflowTemplateId });
};
