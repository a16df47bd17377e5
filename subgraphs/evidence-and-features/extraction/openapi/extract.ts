/** OpenAPI descriptions: an endpoint for each operation, a payload for each schema that has a name or is sent to an operation. */
import type { ExtractedEvidence } from '../../domain/extracted-evidence.js';
import { listOperations, type Operation } from './operations.js';
import { parseDocument } from './parse.js';
import { fieldsOf, firstSentences, sayFields, toShape, typeOf } from './schema-text.js';
import { isObject, member, toList, toObject, toText, type Obj } from './values.js';

export async function extractOpenApi(type: 'json' | 'yaml', text: string): Promise<ExtractedEvidence[]> {
  const document = await parseDocument(type, text);
  const operations = listOperations(document);
  const users = listUsers(document, operations);
  return [
    ...operations.map((operation) => toEndpoint(document, operation)),
    ...operations.flatMap((operation) => toBodyPayload(document, operation)),
    ...Object.entries(namedSchemas(document)).map(([name, schema]) =>
      toPayload(document, name, schema, users.get(name) ?? []),
    ),
  ];
}

function namedSchemas(document: Obj): Obj {
  return { ...toObject(document['definitions']), ...toObject(member(document['components'], 'schemas')) };
}

const placeOf = ({ method, path }: Operation): string => `${method} ${path}`;

function toEndpoint(document: Obj, operation: Operation): ExtractedEvidence {
  const { id, summary, description, tags, parameters, request, responses, auth, isDeprecated } = operation;
  const parts = [
    `${placeOf(operation)}: ${summary ?? firstSentences(description, 200) ?? id ?? 'no summary'}`,
    summary === null ? null : firstSentences(description),
    parameters.length === 0
      ? null
      : `Parameters: ${parameters.map(({ name, place, isRequired }) => `${name} (${place}${isRequired ? ', required' : ''})`).join(', ')}.`,
    request === undefined ? null : `Request: ${typeOf(request)}.`,
    responses.length === 0
      ? null
      : `Responses: ${responses.map(({ status, description: says }) => (says === null ? status : `${status} ${says}`)).join('; ')}`,
    isDeprecated ? 'Deprecated.' : null,
  ];
  const success = responses.find(({ status }) => /^(2..|2XX|default)$/i.test(status));
  return {
    type: 'endpoint',
    content: parts.filter((part) => part !== null).join('\n'),
    rawData: {
      method: operation.method,
      path: operation.path,
      operation_id: id,
      summary: summary ?? firstSentences(description, 200),
      tags,
      parameters: parameters.map(({ name, place, isRequired }) => ({ name, in: place, required: isRequired })),
      request_schema: toShape(document, request),
      response_schema: toShape(document, success?.schema),
      responses: Object.fromEntries(responses.map(({ status, description: says }) => [status, says ?? ''])),
      auth,
    },
  };
}

/** A body that has no name of its own; a named one is a payload already. */
function toBodyPayload(document: Obj, operation: Operation): ExtractedEvidence[] {
  const { request } = operation;
  if (!isObject(request) || request['$ref'] !== undefined) return [];
  const fields = fieldsOf(document, request);
  if (fields.length === 0) return [];
  const place = placeOf(operation);
  return [
    {
      type: 'payload',
      content: `Request body of ${place}. Fields: ${sayFields(fields)}.`,
      rawData: { schema: null, used_by: [place], tags: operation.tags, fields: toRawFields(fields) },
    },
  ];
}

function toPayload(document: Obj, name: string, schema: unknown, usedBy: readonly Operation[]): ExtractedEvidence {
  const fields = fieldsOf(document, schema);
  const values = toList(member(schema, 'enum')).slice(0, 50);
  const parts = [
    `Schema ${name}: ${firstSentences(toText(member(schema, 'description'))) ?? typeOf(schema)}`,
    fields.length === 0 ? null : `Fields: ${sayFields(fields)}.`,
    values.length === 0 ? null : `Values: ${values.map(String).join(', ')}.`,
    usedBy.length === 0 ? null : `Used by ${usedBy.slice(0, 10).map(placeOf).join(', ')}.`,
  ];
  return {
    type: 'payload',
    content: parts.filter((part) => part !== null).join('\n'),
    rawData: {
      schema: name,
      used_by: usedBy.map(placeOf),
      tags: [...new Set(usedBy.flatMap(({ tags }) => tags))].slice(0, 20),
      fields: toRawFields(fields),
    },
  };
}

function toRawFields(fields: ReturnType<typeof fieldsOf>): Record<string, unknown> {
  return Object.fromEntries(fields.map(({ name, type, isRequired }) => [name, { type, required: isRequired }]));
}

/** Kept of one schema: in a large description every operation may lead to every schema. */
const mostUsers = 100;

/** Which operations send or answer a named schema, through other schemas that hold it as well. */
function listUsers(document: Obj, operations: readonly Operation[]): ReadonlyMap<string, readonly Operation[]> {
  const schemas = namedSchemas(document);
  const held = new Map<string, ReadonlySet<string>>();
  for (const [name, schema] of Object.entries(schemas)) held.set(name, referencesIn(schema));
  const users = new Map<string, Operation[]>();
  for (const operation of operations) {
    const reached = new Set<string>();
    const waiting = [operation.request, ...operation.responses.map(({ schema }) => schema)].flatMap((schema) => [
      ...referencesIn(schema),
    ]);
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (reached.has(name)) continue;
      reached.add(name);
      for (const inner of held.get(name) ?? []) waiting.push(inner);
    }
    for (const name of reached) {
      const known = users.get(name);
      if (known === undefined) users.set(name, [operation]);
      else if (known.length < mostUsers) known.push(operation);
    }
  }
  return users;
}

/** Names of the schemas that a schema refers to, at any depth; iterative, as documents may nest deeper than the stack. */
function referencesIn(schema: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const seen = new Set<object>();
  const waiting: unknown[] = [schema];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const reference = member(value, '$ref');
    const name =
      typeof reference === 'string' ? /^#\/(?:components\/schemas|definitions)\/(.+)$/.exec(reference)?.[1] : undefined;
    if (name !== undefined) names.add(name);
    for (const inner of Object.values(value)) waiting.push(inner);
  }
  return names;
}
