/** GitHub's published description of its REST API, as a judge of requests and answers. It is no part of this package: 13 MB. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { packagePath } from '../../../kernel/config/index.js';

export interface Description {
  /** Throws when the request or the answer is not what the description says of `METHOD /path/{of}/{it}`. */
  hold(operation: string, body: unknown, answer: { readonly status: number; readonly body?: unknown }): void;
}

interface Content {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}
type Operations = Readonly<
  Record<string, { readonly requestBody?: Content; readonly responses: Readonly<Record<string, Content>> }>
>;

/** JSON Schema's way to say what OpenAPI 3.0 says with `nullable`. */
function withNull(_name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('nullable' in value) || value.nullable !== true) return value;
  const { nullable: _nullable, ...schema } = value;
  return { anyOf: [schema, { type: 'null' }] };
}

/** Null where it is not. */
export async function readDescription(path = packagePath('.weft', 'api.github.com.json')): Promise<Description | null> {
  if (!existsSync(path)) return null;
  const document = JSON.parse(await readFile(path, 'utf8'), withNull) as {
    readonly paths: Readonly<Record<string, Operations>>;
  };
  // Examples and discriminators of OpenAPI say nothing of what is valid.
  const ajv = new Ajv({ strict: false, validateSchema: false, allErrors: false });
  addFormats.default(ajv);
  ajv.addSchema(document, 'github');
  const hold = (place: readonly string[], value: unknown): void => {
    const pointer = place.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent);
    const validate = ajv.getSchema(`github#/${pointer.join('/')}`);
    if (validate === undefined) throw new Error(`GitHub's description has no ${place.join(' / ')}`);
    if (validate(value) !== true) throw new Error(`${place.join(' / ')}: ${ajv.errorsText(validate.errors)}`);
  };
  return {
    hold: (operation, body, answer) => {
      const [method = '', route = ''] = operation.split(' ');
      const at = ['paths', route, method.toLowerCase()];
      const described = document.paths[route]?.[method.toLowerCase()];
      if (described === undefined) throw new Error(`GitHub's description has no ${operation}`);
      const json = ['content', 'application/json', 'schema'];
      if (described.requestBody !== undefined && answer.status < 400) hold([...at, 'requestBody', ...json], body);
      const response = described.responses[String(answer.status)];
      // 401 and some refusals are the same everywhere, and described nowhere.
      if (response === undefined && answer.status >= 400) return;
      if (answer.body === undefined) return;
      const place = response?.$ref?.slice(2).split('/') ?? [...at, 'responses', String(answer.status)];
      hold([...place, ...json], answer.body);
    },
  };
}
