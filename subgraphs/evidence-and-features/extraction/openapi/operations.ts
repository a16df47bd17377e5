/** The operations of a description, OpenAPI 2.0 and 3.x alike. */
import { isObject, member, resolve, toList, toObject, toText, type Obj } from './values.js';

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly id: string | null;
  readonly summary: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Schema of the body that is sent; undefined without one. */
  readonly request: unknown;
  readonly responses: readonly Response[];
  /** Names of the security schemes, `none` when there is no need of any. */
  readonly auth: string;
  readonly isDeprecated: boolean;
}

interface Parameter {
  readonly name: string;
  readonly place: string;
  readonly isRequired: boolean;
}

export interface Response {
  readonly status: string;
  readonly description: string | null;
  readonly schema: unknown;
}

export function listOperations(document: Obj): Operation[] {
  return Object.entries(toObject(document['paths'])).flatMap(([path, item]) => {
    const shared = resolve(document, item);
    return methods
      .filter((method) => isObject(shared[method]))
      .map((method) =>
        toOperation(document, { method: method.toUpperCase(), path, shared, own: toObject(shared[method]) }),
      );
  });
}

function toOperation(document: Obj, at: { method: string; path: string; shared: Obj; own: Obj }): Operation {
  const { own, shared } = at;
  const parameters = [...toList(shared['parameters']), ...toList(own['parameters'])].map((each) =>
    resolve(document, each),
  );
  return {
    method: at.method,
    path: at.path,
    id: toText(own['operationId']),
    summary: toText(own['summary']) ?? toText(shared['summary']),
    description: toText(own['description']),
    tags: toList(own['tags']).filter((tag) => typeof tag === 'string'),
    parameters: namedParameters(parameters),
    request: contentSchema(resolve(document, own['requestBody'])) ?? bodyParameter(parameters),
    responses: Object.entries(toObject(own['responses'])).map(([status, value]) => {
      const response = resolve(document, value);
      return {
        status,
        description: toText(response['description']),
        schema: contentSchema(response) ?? response['schema'],
      };
    }),
    auth: authOf(own['security'] ?? document['security']),
    isDeprecated: own['deprecated'] === true,
  };
}

/** The operation's own come last, and stand for those of the path with the same name and place. */
function namedParameters(parameters: readonly Obj[]): Parameter[] {
  const byPlace = new Map<string, Parameter>();
  for (const parameter of parameters) {
    const [name, place] = [toText(parameter['name']), toText(parameter['in'])];
    if (name === null || place === null || place === 'body') continue;
    byPlace.set(`${place} ${name}`, { name, place, isRequired: parameter['required'] === true });
  }
  return [...byPlace.values()];
}

/** OpenAPI 3: of the media types JSON, or else the first. */
function contentSchema(holder: Obj): unknown {
  const content = toObject(holder['content']);
  const type = Object.keys(content).find((each) => /[/+]json\b/.test(each)) ?? Object.keys(content)[0];
  return type === undefined ? undefined : member(content[type], 'schema');
}

/** OpenAPI 2: the body is a parameter. */
function bodyParameter(parameters: readonly Obj[]): unknown {
  return parameters.find((parameter) => parameter['in'] === 'body')?.['schema'];
}

function authOf(security: unknown): string {
  const schemes = toList(security).flatMap((each) => Object.keys(toObject(each)));
  return schemes.length === 0 ? 'none' : [...new Set(schemes)].join(', ');
}
