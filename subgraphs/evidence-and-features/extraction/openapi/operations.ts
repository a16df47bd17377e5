/** The operations of a description, OpenAPI 2.0 and 3.x alike: of its paths, its webhooks, and the callbacks that it makes. */
import { constraintsOf, typeOf, type Constraints } from './schema-text.js';
import { isObject, member, referencedName, resolve, toList, toObject, toText, type Obj } from './values.js';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const;

export interface Operation {
  readonly method: string;
  /** The path, the webhook's name, or the expression that says where a callback goes. */
  readonly path: string;
  /** What it is when it is none that callers call; null for an operation of a path. */
  readonly role: { readonly kind: 'webhook' | 'callback'; readonly name: string; readonly of: string | null } | null;
  readonly id: string | null;
  readonly summary: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Schema of the body that is sent; undefined without one. */
  readonly request: unknown;
  /** Whether the request is a form of OpenAPI 2, put together of its parameters. */
  readonly isForm: boolean;
  readonly responses: readonly Response[];
  /** What follows from a response: another operation, by its id or place. */
  readonly links: readonly Link[];
  /** Names of the security schemes, `none` when there is no need of any. */
  readonly auth: string;
  readonly isDeprecated: boolean;
}

interface Parameter {
  readonly name: string;
  readonly place: string;
  readonly isRequired: boolean;
  readonly type: string;
  readonly constraints: Constraints;
}

export interface Link {
  readonly name: string;
  readonly leadsTo: string;
  readonly description: string | null;
}

export interface Response {
  readonly status: string;
  readonly description: string | null;
  readonly schema: unknown;
}

export const placeOf = ({ method, path, role }: Operation): string =>
  role?.kind === 'webhook' ? `Webhook ${path} (${method})` : `${method} ${path}`;

/** Callbacks of callbacks, at most. */
const deepest = 3;
/** Of one description: callbacks that refer to each other make ever more. */
const mostOperations = 20_000;

export function listOperations(document: Obj): Operation[] {
  const found: Operation[] = [];
  for (const [path, item] of Object.entries(toObject(document['paths']))) {
    addItem(document, found, { path, item, role: null, depth: 0 });
  }
  for (const key of ['webhooks', 'x-webhooks']) {
    for (const [name, item] of Object.entries(toObject(document[key]))) {
      addItem(document, found, { path: name, item, role: { kind: 'webhook', name, of: null }, depth: 0 });
    }
  }
  return found;
}

interface ItemAt {
  readonly path: string;
  readonly item: unknown;
  readonly role: Operation['role'];
  readonly depth: number;
}

function addItem(document: Obj, found: Operation[], { path, item, role, depth }: ItemAt): void {
  if (path.startsWith('x-')) return;
  const shared = resolve(document, item);
  const more = Object.entries(toObject(shared['additionalOperations']));
  const own = [...methods.map((method) => [method, shared[method]] as const), ...more];
  for (const [method, value] of own) {
    if (!isObject(value) || found.length >= mostOperations) continue;
    const operation = toOperation(document, { method: method.toUpperCase(), path, role, shared, own: value });
    found.push(operation);
    if (depth < deepest) addCallbacks(document, found, { operation, callbacks: value['callbacks'], depth });
  }
}

function addCallbacks(
  document: Obj,
  found: Operation[],
  {
    operation,
    callbacks,
    depth,
  }: { readonly operation: Operation; readonly callbacks: unknown; readonly depth: number },
): void {
  for (const [name, callback] of Object.entries(toObject(callbacks))) {
    for (const [path, item] of Object.entries(resolve(document, callback))) {
      const role = { kind: 'callback', name, of: `${operation.method} ${operation.path}` } as const;
      const before = found.length;
      addItem(document, found, { path, item, role, depth: depth + 1 });
      // A callback belongs with what it is a callback of.
      for (let at = before; at < found.length; at += 1) {
        const each = found[at];
        if (each?.tags.length === 0) found[at] = { ...each, tags: operation.tags };
      }
    }
  }
}

function toOperation(
  document: Obj,
  at: { method: string; path: string; role: Operation['role']; shared: Obj; own: Obj },
): Operation {
  const { own, shared } = at;
  const parameters = [...toList(shared['parameters']), ...toList(own['parameters'])].map((each) =>
    resolve(document, each),
  );
  const body = contentSchema(resolve(document, own['requestBody'])) ?? bodyParameter(parameters);
  const responses = Object.entries(toObject(own['responses'])).map(
    ([status, value]) => [status, resolve(document, value)] as const,
  );
  return {
    method: at.method,
    path: at.path,
    role: at.role,
    id: toText(own['operationId']),
    summary: toText(own['summary']) ?? toText(shared['summary']),
    description: toText(own['description']),
    tags: toList(own['tags']).filter((tag) => typeof tag === 'string'),
    parameters: namedParameters(parameters),
    request: body ?? formSchema(parameters),
    isForm: body === undefined && parameters.some((parameter) => parameter['in'] === 'formData'),
    responses: responses.map(([status, response]) => ({
      status,
      description: toText(response['description']) ?? toText(response['summary']),
      schema: contentSchema(response) ?? response['schema'],
    })),
    links: responses.flatMap(([, response]) => linksOf(document, response)),
    auth: authOf(own['security'] ?? document['security']),
    isDeprecated: own['deprecated'] === true,
  };
}

/** The operation's own come last, and stand for those of the path with the same name and place. */
function namedParameters(parameters: readonly Obj[]): Parameter[] {
  const byPlace = new Map<string, Parameter>();
  for (const parameter of parameters) {
    const [name, place] = [toText(parameter['name']), toText(parameter['in'])];
    if (name === null || place === null || place === 'body' || place === 'formData') continue;
    // OpenAPI 2 says of the parameter itself what OpenAPI 3 says of its schema.
    const schema = parameter['schema'] ?? contentSchema(parameter) ?? parameter;
    byPlace.set(`${place} ${name}`, {
      name,
      place,
      isRequired: parameter['required'] === true,
      type: typeOf(schema),
      constraints: constraintsOf(schema),
    });
  }
  return [...byPlace.values()];
}

/** OpenAPI 3: of the media types JSON, or else the first. */
function contentSchema(holder: Obj): unknown {
  const content = toObject(holder['content']);
  const type = Object.keys(content).find((each) => /[/+]json\b/.test(each)) ?? Object.keys(content)[0];
  return type === undefined ? undefined : (member(content[type], 'schema') ?? member(content[type], 'itemSchema'));
}

/** OpenAPI 2: the body is a parameter. */
function bodyParameter(parameters: readonly Obj[]): unknown {
  return parameters.find((parameter) => parameter['in'] === 'body')?.['schema'];
}

/** OpenAPI 2: a form is several. */
function formSchema(parameters: readonly Obj[]): unknown {
  const fields = parameters.filter((parameter) => parameter['in'] === 'formData' && toText(parameter['name']) !== null);
  if (fields.length === 0) return undefined;
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [String(field['name']), field])),
    required: fields.filter((field) => field['required'] === true).map((field) => field['name']),
  };
}

function linksOf(document: Obj, response: Obj): Link[] {
  return Object.entries(toObject(response['links'])).flatMap(([name, value]) => {
    const link = resolve(document, value);
    const place = toText(link['operationRef']);
    const leadsTo = toText(link['operationId']) ?? (place === null ? null : toPlace(place));
    return leadsTo === null ? [] : [{ name, leadsTo, description: toText(link['description']) }];
  });
}

/** `#/paths/~1users~1{id}/get` → `GET /users/{id}`. */
function toPlace(reference: string): string {
  const [, path, method] = /#\/paths\/([^/]+)\/(\w+)$/.exec(reference) ?? [];
  if (path === undefined || method === undefined) return reference;
  return `${method.toUpperCase()} ${path.replaceAll('~1', '/').replaceAll('~0', '~')}`;
}

function authOf(security: unknown): string {
  const schemes = toList(security).flatMap((each) => Object.keys(toObject(each)));
  return schemes.length === 0 ? 'none' : [...new Set(schemes)].join(', ');
}

/** Whether a schema has no name of its own. */
export function isNameless(schema: unknown): boolean {
  return isObject(schema) && referencedName(schema) === null;
}
