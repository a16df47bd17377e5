/** The surface that the files of a commit offer: GraphQL root fields, and HTTP routes by method and path. */
import { Kind, parse } from 'graphql';
import { parseDocument } from 'yaml';
import { findDeeper } from '../../../../kernel/yaml/index.js';
import { isFixture, isTest } from '../places.js';
import type { Repository } from '../repository.js';
import { joinRoutes, packageFolderOf, type FoundRoute } from './join-routes.js';
import { unknown } from './web-facts.js';

export interface Operation {
  /** `GET`, `*` for any, or the root type of GraphQL. */
  readonly verb: string;
  /** `/pumps/{}`, or the field. What begins with `…` has a prefix that only the running program knows. */
  readonly path: string;
  readonly file: string;
  readonly line: number | null;
  /** The same path without the base that an OpenAPI document gives it. */
  readonly pathWithoutBase?: string;
}

const rootTypes: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);
export const httpVerbs: ReadonlySet<string> = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);

/** `/pumps/:id`, `/pumps/{id}`, `/pumps/<int:id>` and `/pumps/{}/` are one path. */
export function plainPath(path: string): string {
  const plain = path
    .replace(/:[A-Za-z_]\w*(?:\([^)]*\))?\??|\{[^}/]*\}|<[^>/]*>/g, '{}')
    .replace(new RegExp(`^${unknown}+`), '…')
    .replace(new RegExp(`${unknown}+`, 'g'), '{}')
    .replace(/\/{2,}/g, '/')
    .replace(/(.)\/$/, '$1');
  return plain === '' ? '/' : plain;
}

/** Tests and fixtures are no surface, though they may define one; nor are the contracts. */
export function listSurface(repository: Repository, contracts: ReadonlySet<string>): Operation[] {
  const operations: Operation[] = [];
  for (const { path, content } of repository.files) {
    if (isTest(path) || isFixture(path) || contracts.has(path)) continue;
    if (/\.(?:graphql|gql|graphqls)$/.test(path)) operations.push(...rootFields(path, content));
    else if (/\.(?:ya?ml|json)$/.test(path)) operations.push(...openApiOperations(path, content));
  }
  return [...operations, ...routesOf(repository)];
}

function routesOf(repository: Repository): Operation[] {
  const sources = repository.sources.flatMap(({ path, facts }) =>
    facts.web === null || isTest(path) || isFixture(path)
      ? []
      : [{ path, web: facts.web, packageFolder: packageFolderOf(path, repository.paths) }],
  );
  const found = joinRoutes(sources, (from, specifier, exported) => repository.findModule(from, specifier, exported));
  return found.map(({ file, line, verb, path }: FoundRoute) => ({ verb, path: plainPath(path), file, line }));
}

/** None of a file that is no SDL: it may hold operations, or be at fault, which is not this check's concern. */
function rootFields(file: string, content: string): Operation[] {
  try {
    return parse(content).definitions.flatMap((definition) =>
      (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION) &&
      rootTypes.has(definition.name.value)
        ? (definition.fields ?? []).map((field) => ({
            verb: definition.name.value,
            path: field.name.value,
            file,
            line: field.loc?.startToken.line ?? null,
          }))
        : [],
    );
  } catch {
    return [];
  }
}

const deepest = 100;

function openApiOperations(file: string, content: string): Operation[] {
  if (!/^\s*\{?\s*["']?(?:openapi|swagger)["']?\s*:/m.test(content.slice(0, 5_000))) return [];
  if (findDeeper(content, deepest) !== null) return [];
  const document = parseDocument(content);
  if (document.errors.length > 0) return [];
  let api: unknown;
  try {
    api = document.toJS({ maxAliasCount: 100 });
  } catch {
    return [];
  }
  if (!isObject(api) || !isObject(api['paths'])) return [];
  const base = basePath(api);
  return Object.entries(api['paths']).flatMap(([path, item]) =>
    (isObject(item) ? Object.keys(item) : [])
      .filter((verb) => httpVerbs.has(verb))
      .map((verb) => ({
        verb: verb.toUpperCase(),
        path: plainPath(`${base}${path}`),
        pathWithoutBase: plainPath(path),
        file,
        line: null,
      })),
  );
}

/** Where the first server has its root. */
function basePath(api: Record<string, unknown>): string {
  if (typeof api['basePath'] === 'string') return api['basePath'].replace(/\/+$/, '');
  const [server] = Array.isArray(api['servers']) ? (api['servers'] as unknown[]) : [];
  const url = isObject(server) && typeof server['url'] === 'string' ? server['url'] : '';
  return (/^(?:[a-z]+:\/\/[^/]*)?(\/.*)?$/i.exec(url)?.[1] ?? '').replace(/\/+$/, '');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
