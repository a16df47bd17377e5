/** Postman collections: an endpoint for each request, by the folders that it stands in, and a payload for a JSON body. */
import type { Extraction, PassedOver } from '../../domain/document-reading.js';
import { cut, ExtractionError, type ExtractedEvidence } from '../../domain/extracted-evidence.js';
import { isObject, member, toList, toObject, toText, type Obj } from '../openapi/values.js';

/** Folders inside each other. */
const deepest = 20;
const mostRequests = 20_000;

export function extractPostman(collection: Obj): Extraction {
  const evidence: ExtractedEvidence[] = [];
  const passedOver: PassedOver[] = [];
  const visit = (items: readonly unknown[], folders: readonly string[], auth: string): void => {
    if (folders.length > deepest) throw new ExtractionError('The collection nests folders too deeply.');
    for (const item of items) {
      const name = toText(member(item, 'name')) ?? 'no name';
      const own = authOf(member(item, 'auth')) ?? auth;
      const inner = member(item, 'item');
      const request = member(item, 'request');
      if (Array.isArray(inner)) visit(inner, [...folders, name], own);
      else if (request === undefined)
        passedOver.push({ text: name, reason: 'has neither a request nor items', line: null, column: null });
      else if (evidence.length < 2 * mostRequests)
        evidence.push(...toFacts({ name, request, folders, auth: own, item: toObject(item) }));
    }
  };
  visit(toList(collection['item']), [], authOf(collection['auth']) ?? 'none');
  return { format: 'Postman collection', evidence, passedOver };
}

interface RequestAt {
  readonly name: string;
  readonly request: unknown;
  readonly folders: readonly string[];
  readonly auth: string;
  readonly item: Obj;
}

function toFacts({ name, request, folders, auth, item }: RequestAt): ExtractedEvidence[] {
  const url = typeof request === 'string' ? request : member(request, 'url');
  const method = (toText(member(request, 'method')) ?? 'GET').toUpperCase();
  const path = pathOf(url);
  const place = `${method} ${path}`;
  const description = textOf(member(request, 'description')) ?? textOf(item['description']);
  const query = toList(member(url, 'query')).flatMap((each) => toText(member(each, 'key')) ?? []);
  const variables = toList(member(url, 'variable')).flatMap((each) => toText(member(each, 'key')) ?? []);
  const parameters = [
    ...variables.map((each) => ({ name: each, in: 'path', required: true })),
    ...query.map((each) => ({ name: each, in: 'query', required: false })),
  ];
  const body = bodyOf(member(request, 'body'));
  const responses = toList(item['response']).flatMap((each) => {
    const code = member(each, 'code');
    return code === undefined
      ? []
      : [[String(code), toText(member(each, 'name')) ?? toText(member(each, 'status')) ?? ''] as const];
  });
  const parts = [
    `${place}: ${name}`,
    description === null ? null : cut(description, 600),
    folders.length === 0 ? null : `In ${folders.join(' > ')}.`,
    parameters.length === 0 ? null : `Parameters: ${parameters.map((each) => `${each.name} (${each.in})`).join(', ')}.`,
    responses.length === 0
      ? null
      : `Responses: ${responses.map(([status, says]) => `${status} ${says}`.trim()).join('; ')}`,
  ];
  const endpoint: ExtractedEvidence = {
    type: 'endpoint',
    content: parts.filter((part) => part !== null).join('\n'),
    rawData: {
      method,
      path,
      summary: name,
      tags: folders.slice(0, 1),
      folders,
      parameters,
      request_schema: body,
      responses: Object.fromEntries(responses),
      auth: authOf(member(request, 'auth')) ?? auth,
    },
  };
  if (body === null) return [endpoint];
  const fields = Object.entries(body);
  const payload: ExtractedEvidence = {
    type: 'payload',
    content: `Request body of ${place}. Fields: ${fields.map(([field, type]) => `${field} (${type})`).join(', ')}.`,
    rawData: {
      schema: null,
      used_by: [place],
      tags: folders.slice(0, 1),
      fields: Object.fromEntries(fields.map(([field, type]) => [field, { type, required: false }])),
    },
  };
  return [endpoint, payload];
}

/** `{{base}}/orders/:id?x=1` → `/orders/:id`. */
function pathOf(url: unknown): string {
  const segments = toList(member(url, 'path')).map((part) =>
    typeof part === 'string' ? part : (toText(member(part, 'value')) ?? ''),
  );
  const raw =
    typeof url === 'string'
      ? url
      : segments.length > 0
        ? `/${segments.join('/')}`
        : (toText(member(url, 'raw')) ?? '/');
  const path = raw
    .replace(/[?#].*$/, '')
    .replace(/^(?:https?:\/\/|\{\{[^{}]*\}\})[^/]*/i, '')
    .replace(/^[\w.-]+(?::\d+)?(?=\/)/, '');
  return path.startsWith('/') ? path : `/${path}`;
}

/** The fields of a JSON object or a form, with the types of their examples. */
function bodyOf(body: unknown): Record<string, string> | null {
  const mode = toText(member(body, 'mode'));
  if (mode === 'urlencoded' || mode === 'formdata') {
    const fields = toList(member(body, mode)).flatMap((field) => {
      const key = toText(member(field, 'key'));
      return key === null ? [] : [[key, toText(member(field, 'type')) === 'file' ? 'file' : 'string'] as const];
    });
    return fields.length === 0 ? null : Object.fromEntries(fields.slice(0, 200));
  }
  const raw = member(body, 'raw');
  if (typeof raw !== 'string') return null;
  try {
    // Variables that stand for a value, as Postman lets them.
    const value: unknown = JSON.parse(raw.replace(/(:\s*)\{\{[^{}]*\}\}/g, '$1"{{}}"'));
    const example = Array.isArray(value) ? (value as unknown[])[0] : value;
    if (!isObject(example) || Object.keys(example).length === 0) return null;
    return Object.fromEntries(
      Object.entries(example)
        .slice(0, 200)
        .map(([key, each]) => [key, typeName(each)]),
    );
  } catch {
    return null;
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function authOf(auth: unknown): string | null {
  return toText(member(auth, 'type'))?.replace(/^noauth$/, 'none') ?? null;
}

function textOf(value: unknown): string | null {
  return toText(value) ?? toText(member(value, 'content'));
}
