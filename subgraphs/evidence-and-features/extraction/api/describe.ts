/** Descriptions of interfaces in JSON or YAML, by what stands at their top: OpenAPI, AsyncAPI, Postman or a JSON Schema. */
import type { Extraction } from '../../domain/document-reading.js';
import { ExtractionError } from '../../domain/extracted-evidence.js';
import { bundle } from '../openapi/bundle.js';
import { extractOpenApi, versionOf } from '../openapi/extract.js';
import { isObject, member, toList, toObject, toText, type Obj } from '../openapi/values.js';
import { extractAsyncApi } from './async-api.js';
import { extractJsonSchema } from './json-schema.js';
import { extractPostman } from './postman.js';

/** `root`: path of the description among the files that came with it. */
export function extractDescription(root: string, files: ReadonlyMap<string, unknown>): Extraction {
  const document = files.get(root);
  if (isObject(document)) {
    if (versionOf(document) !== null) {
      const { document: whole, missing } = bundle(root, files);
      return extractOpenApi(whole, missing);
    }
    if (isAsyncApi(document)) {
      const { document: whole, missing } = bundle(root, files);
      return extractAsyncApi(whole, missing);
    }
    const collection = isPostman(document) ? document : toObject(document['collection']);
    if (isPostman(collection)) return extractPostman(collection);
    if (isJsonSchema(document)) {
      const { document: whole, missing } = bundle(root, files);
      return extractJsonSchema(root, whole, missing);
    }
  }
  throw new ExtractionError(
    'The file is no OpenAPI description: it has neither openapi nor swagger at its top; nor is it an AsyncAPI description, a Postman collection or a JSON Schema.',
  );
}

/** Whether a value is a description by itself, and not a part of one. */
export function isDescription(value: unknown): boolean {
  return isObject(value) && (versionOf(value) !== null || isAsyncApi(value));
}

function isAsyncApi(document: Obj): boolean {
  return ['string', 'number'].includes(typeof document['asyncapi']);
}

function isPostman(document: Obj): boolean {
  const info = document['info'];
  const isNamed =
    /getpostman\.com|postman/i.test(toText(member(info, 'schema')) ?? '') || member(info, '_postman_id') !== undefined;
  return Array.isArray(document['item']) && (isNamed || toText(member(info, 'name')) !== null);
}

function isJsonSchema(document: Obj): boolean {
  if (/json-schema\.org/i.test(toText(document['$schema']) ?? '')) return true;
  const hasParts = ['$defs', 'definitions', 'properties'].some((key) => isObject(document[key]));
  const isTyped = typeof document['type'] === 'string' || toList(document['type']).length > 0;
  return hasParts && (isTyped || document['$id'] !== undefined || isObject(document['$defs']));
}
