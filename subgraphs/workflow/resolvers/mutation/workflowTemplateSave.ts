import type { FieldResolver } from '../../../kernel/read/index.js';
import { saveTemplate, type TemplateInput } from '../../operations/templates.js';

interface Args extends Record<string, unknown> {
  readonly input: TemplateInput;
}

export const workflowTemplateSave: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return saveTemplate(context, input);
};
