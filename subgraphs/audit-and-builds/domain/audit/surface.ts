/** The surface that the files of a commit offer: GraphQL root fields, and HTTP routes by method and path. */
import { Kind, parse } from 'graphql';
import type { AuditFile } from './types.js';

const rootTypes: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/** `get /pumps/:id` and `GET /pumps/{id}` are one operation: `GET /pumps/{}`. */
export function operationName(verb: string, path: string): string {
  const plain = path.replace(/:[A-Za-z_]\w*|\{[^}/]*\}|<[^>/]*>/g, '{}').replace(/(.)\/$/, '$1');
  return `${verb.toUpperCase()} ${plain}`;
}

/** `app.get('/x', …)` and `@app.get("/x")` alike: Express, Fastify, Koa routers, FastAPI and what is modelled on them. */
const routes =
  /\b(?:app|router|server|fastify|api)\.(get|post|put|patch|delete|head|options)\s*\(\s*(["'`])(\/[^"'`\n]{0,300})\2/g;

const tests = /(?:^|\/)(?:__tests__|tests?|spec)\/|[._-](?:test|spec)\.\w+$/;

/** Tests are no surface, though they may define one. */
export function listSurface(files: readonly AuditFile[]): Set<string> {
  const operations = new Set<string>();
  for (const { path, content } of files) {
    if (tests.test(path)) continue;
    if (/\.(?:graphql|gql|graphqls)$/.test(path)) for (const field of rootFields(content)) operations.add(field);
    else if (/\.(?:[cm]?[jt]sx?|py)$/.test(path)) {
      for (const [, verb = '', , route = ''] of content.matchAll(routes)) operations.add(operationName(verb, route));
    }
  }
  return operations;
}

/** None of a file that is no SDL: it may hold operations, or be at fault, which is not this check's concern. */
function rootFields(content: string): string[] {
  try {
    return parse(content, { noLocation: true }).definitions.flatMap((definition) =>
      (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.OBJECT_TYPE_EXTENSION) &&
      rootTypes.has(definition.name.value)
        ? (definition.fields ?? []).map((field) => `${definition.name.value}.${field.name.value}`)
        : [],
    );
  } catch {
    return [];
  }
}
