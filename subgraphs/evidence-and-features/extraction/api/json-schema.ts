/** JSON Schemas: a payload for the schema itself and for each that it defines. */
import type { Extraction, PassedOver } from '../../domain/document-reading.js';
import { toPayload } from '../openapi/payload.js';
import { member, toObject, toText, type Obj } from '../openapi/values.js';

export function extractJsonSchema(path: string, document: Obj, missing: readonly PassedOver[]): Extraction {
  const defined = Object.entries({
    ...toObject(document['definitions']),
    ...toObject(document['$defs']),
    ...toObject(member(document['components'], 'schemas')),
  });
  const name = toText(document['title']) ?? /([^/]+?)(?:\.schema)?(?:\.\w+)?$/.exec(path)?.[1] ?? 'the document';
  const isTyped = ['type', 'properties', 'oneOf', 'anyOf', 'allOf', 'items', 'enum', '$ref'].some(
    (key) => document[key] !== undefined,
  );
  const own = isTyped ? [toPayload(document, { name, schema: document, usedBy: [] })] : [];
  return {
    format: 'JSON Schema',
    evidence: [...own, ...defined.map(([key, schema]) => toPayload(document, { name: key, schema, usedBy: [] }))],
    passedOver: missing,
  };
}
