/** OpenAPI descriptions: an endpoint for each operation, a payload for each schema that has a name or is sent to an operation. */
import type { Extraction, PassedOver } from '../../domain/document-reading.js';
import { ExtractionError, type ExtractedEvidence } from '../../domain/extracted-evidence.js';
import { isNameless, listOperations, placeOf, type Operation } from './operations.js';
import { fieldsOf, firstSentences, sayFields, toRawFields, toShape, typeOf } from './schema-text.js';
import { toPayload } from './payload.js';
import { member, toObject, type Obj } from './values.js';

/** As text: `3.1` without quotation marks is a number in YAML and means the same. */
export function versionOf(document: Obj): string | null {
  const version = document['openapi'] ?? document['swagger'];
  if (typeof version === 'number') return Number.isInteger(version) ? `${version}.0` : String(version);
  return typeof version === 'string' ? version : null;
}

/** `missing`: references that lead out of the document, to what was not there. */
export function extractOpenApi(document: Obj, missing: readonly PassedOver[]): Extraction {
  const version = versionOf(document) ?? '';
  if (!/^(2\.0|3(\.\d+){0,2}.*)$/.test(version)) {
    throw new ExtractionError(`OpenAPI ${version.slice(0, 20)} is not known here: 2.0 and 3.x are.`);
  }
  const operations = listOperations(document);
  const users = listUsers(document, operations);
  const named = Object.entries(namedSchemas(document)).filter(([, schema]) => !isElsewhere(schema));
  return {
    format: version.startsWith('2') ? 'Swagger 2.0' : `OpenAPI ${version.split('.').slice(0, 2).join('.')}`,
    evidence: [
      ...operations.map((operation) => toEndpoint(document, operation)),
      ...operations.flatMap((operation) => toBodyPayload(document, operation)),
      ...named.map(([name, schema]) => toPayload(document, { name, schema, usedBy: users.get(name) ?? [] })),
    ],
    passedOver: missing,
  };
}

function namedSchemas(document: Obj): Obj {
  return { ...toObject(document['definitions']), ...toObject(member(document['components'], 'schemas')) };
}

function isElsewhere(schema: unknown): boolean {
  const reference = member(schema, '$ref');
  return typeof reference === 'string' && !reference.startsWith('#');
}

function toEndpoint(document: Obj, operation: Operation): ExtractedEvidence {
  const { id, role, summary, description, tags, parameters, request, responses, links, auth, isDeprecated } = operation;
  const parts = [
    `${placeOf(operation)}: ${summary ?? firstSentences(description, 200) ?? id ?? 'no summary'}`,
    summary === null ? null : firstSentences(description),
    role?.kind === 'callback' ? `Callback ${role.name} of ${role.of ?? 'an operation'}.` : null,
    parameters.length === 0
      ? null
      : `Parameters: ${parameters.map(({ name, place, isRequired }) => `${name} (${place}${isRequired ? ', required' : ''})`).join(', ')}.`,
    request === undefined ? null : `Request: ${typeOf(request)}.`,
    responses.length === 0
      ? null
      : `Responses: ${responses.map(({ status, description: says }) => (says === null ? status : `${status} ${says}`)).join('; ')}`,
    links.length === 0 ? null : `Links: ${links.map(({ name, leadsTo }) => `${name} to ${leadsTo}`).join(', ')}.`,
    isDeprecated ? 'Deprecated.' : null,
  ];
  const success = responses.find(({ status }) => /^(2..|2XX|default)$/i.test(status));
  return {
    type: 'endpoint',
    content: parts.filter((part) => part !== null).join('\n'),
    rawData: {
      method: operation.method,
      path: operation.path,
      ...(role !== null && { [role.kind]: role.name, ...(role.of !== null && { callback_of: role.of }) }),
      operation_id: id,
      summary: summary ?? firstSentences(description, 200),
      tags,
      parameters: parameters.map(({ name, place, isRequired, type, constraints }) => ({
        name,
        in: place,
        required: isRequired,
        type,
        ...constraints,
      })),
      request_schema: toShape(document, request),
      response_schema: toShape(document, success?.schema),
      responses: Object.fromEntries(responses.map(({ status, description: says }) => [status, says ?? ''])),
      ...(links.length > 0 && {
        links: links.map(({ name, leadsTo, description: says }) => ({ name, to: leadsTo, description: says })),
      }),
      ...(isDeprecated && { deprecated: true }),
      auth,
    },
  };
}

/** A body that has no name of its own; a named one is a payload already. */
function toBodyPayload(document: Obj, operation: Operation): ExtractedEvidence[] {
  const { request } = operation;
  // A form of OpenAPI 2 is no schema: its fields stand with the endpoint.
  if (!isNameless(request) || operation.isForm) return [];
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
