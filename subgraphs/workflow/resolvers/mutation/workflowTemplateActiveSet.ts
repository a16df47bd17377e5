import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { setTemplateActive } from '../../operations/templates.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly workflowTemplateId: string; readonly isActive: boolean };
}

export const workflowTemplateActiveSet: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return setTemplateActive(context, uuidOfType(input.workflowTemplateId, 'WorkflowTemplate'), input.isActive);
};
