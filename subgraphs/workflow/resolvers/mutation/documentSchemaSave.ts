import type { FieldResolver } from '../../../kernel/read/index.js';
import { saveDocumentSchema, type DocumentSchemaInput } from '../../operations/document-schemas.js';

interface Args extends Record<string, unknown> {
  readonly input: DocumentSchemaInput;
}

export const documentSchemaSave: FieldResolver<unknown, Args> = (_root, { input }, context) => {
  return saveDocumentSchema(context, input);
};
