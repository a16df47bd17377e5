import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { setDocumentSchemaActive } from '../../operations/document-schemas.js';

interface Args extends Record<string, unknown> {
  readonly input: { readonly documentSchemaId: string; readonly isActive: boolean };
}

export const documentSchemaActiveSet: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return setDocumentSchemaActive(context, uuidOfType(input.documentSchemaId, 'DocumentSchema'), input.isActive);
};
