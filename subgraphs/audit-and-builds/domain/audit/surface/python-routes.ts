/** Routes of FastAPI, Starlette and Flask. */
import type { Node } from '@vscode/tree-sitter-wasm';
import {
  unknown,
  type Binding,
  type Mount,
  type Reference,
  type Route,
  type RouterName,
  type WebFacts,
} from './web-facts.js';

export function mayHavePythonRoutes(content: string): boolean {
  return /\b(?:FastAPI|APIRouter|Flask|Blueprint|Starlette|include_router|register_blueprint|route|prefix)\b|@\w+\.(?:get|post|put|patch|delete|head|options)\(|^[ \t]*[A-Z][A-Z0-9_]{1,60}\s*(?::[^=\n]{1,60})?=\s*["']\//m.test(
    content,
  );
}

/** Classes of routers, and the argument that their prefix is in. */
const makers: Readonly<Record<string, string>> = {
  FastAPI: '',
  Starlette: '',
  Flask: '',
  Quart: '',
  APIRouter: 'prefix',
  Blueprint: 'url_prefix',
};
const verbs = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);
const usualNames = new Set(['app', 'router', 'api', 'server', 'bp', 'blueprint']);

export function readPythonRoutes(root: Node): WebFacts {
  const reader = new PythonRoutes();
  const pending: Node[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    reader.read(node);
    pending.push(...node.namedChildren.filter((child): child is Node => child !== null).reverse());
  }
  return reader;
}

class PythonRoutes implements WebFacts {
  readonly routers = new Map<RouterName, string>();
  readonly routes: Route[] = [];
  readonly mounts: Mount[] = [];
  readonly bindings = new Map<string, Binding>();
  /** Whatever a module names can be had from it. */
  readonly exports = new Map<string, Reference>();
  readonly constants = new Map<string, string>();
  readonly globalPrefix = null;

  read(node: Node): void {
    if (node.type === 'import_from_statement') this.#importFrom(node);
    else if (node.type === 'import_statement') this.#import(node);
    else if (node.type === 'assignment') this.#assign(node);
    else if (node.type === 'decorator') this.#decorate(node);
    else if (node.type === 'call') this.#call(node);
  }

  #importFrom(node: Node): void {
    const [module, ...names] = node.namedChildren.filter((child): child is Node => child !== null);
    if (module === undefined) return;
    for (const name of names) {
      const exported = (name.type === 'aliased_import' ? name.namedChild(0) : name)?.text ?? '';
      const local = name.childForFieldName('alias')?.text ?? exported;
      this.bindings.set(local, { specifier: module.text, exported });
    }
  }

  #import(node: Node): void {
    for (const name of node.namedChildren) {
      if (name?.type !== 'aliased_import') continue;
      const local = name.childForFieldName('alias')?.text ?? '';
      this.bindings.set(local, { specifier: name.namedChild(0)?.text ?? '', exported: null });
    }
  }

  #assign(node: Node): void {
    const name = nameOf(node.childForFieldName('left'));
    const value = node.childForFieldName('right');
    if (name === null || value === null) return;
    const text = textOf(value);
    if (text !== null) return void this.constants.set(name, text);
    if (value.type !== 'call') return;
    const maker = value.childForFieldName('function')?.text.split('.').at(-1) ?? '';
    if (!Object.hasOwn(makers, maker)) return;
    const prefix = argumentsOf(value).named.get(makers[maker] ?? '');
    this.routers.set(name, prefix === undefined ? '' : this.#path(prefix));
  }

  #decorate(node: Node): void {
    const call = node.namedChild(0);
    if (call?.type === 'call') this.#route(call, 0);
  }

  #call(node: Node): void {
    const target = node.childForFieldName('function');
    const method = target?.childForFieldName('attribute')?.text ?? '';
    if (method === 'add_api_route' || method === 'add_url_rule') return this.#route(node, 0);
    if (method !== 'include_router' && method !== 'register_blueprint' && method !== 'mount') return;
    const parent = nameOf(target?.childForFieldName('object') ?? null);
    const { positional, named } = argumentsOf(node);
    const child = toReference(method === 'mount' ? (positional[1] ?? named.get('app')) : positional[0]);
    if (parent === null || child === null) return;
    const given = method === 'mount' ? positional[0] : named.get(method === 'include_router' ? 'prefix' : 'url_prefix');
    const prefix = given === undefined ? '' : this.#path(given);
    this.mounts.push({ parent, prefix, child, replacesPrefix: method === 'register_blueprint' && given !== undefined });
  }

  #route(call: Node, pathIndex: number): void {
    const target = call.childForFieldName('function');
    const router = nameOf(target?.childForFieldName('object') ?? null);
    const method = target?.childForFieldName('attribute')?.text ?? '';
    if (router === null || !(this.routers.has(router) || this.bindings.has(router) || usualNames.has(router))) return;
    const isVerb = verbs.has(method);
    if (!isVerb && !['route', 'api_route', 'add_api_route', 'add_url_rule'].includes(method)) return;
    const { positional, named } = argumentsOf(call);
    const path = positional[pathIndex] ?? named.get('path') ?? named.get('rule');
    if (path === undefined) return;
    const methods = isVerb ? [method] : textsIn(named.get('methods'));
    this.routes.push({
      router,
      verbs: (methods.length === 0 ? ['get'] : methods).map((verb) => verb.toUpperCase()),
      path: this.#path(path),
      line: call.startPosition.row + 1,
    });
  }

  /** A text, a constant, or texts put together. What another module holds is looked up by its name, later. */
  #path(node: Node): string {
    const text = textOf(node);
    if (text !== null) return text;
    if (node.type === 'identifier') return this.constants.get(node.text) ?? `${unknown}${node.text}${unknown}`;
    if (node.type === 'attribute') return `${unknown}${node.childForFieldName('attribute')?.text ?? ''}${unknown}`;
    if (node.type === 'binary_operator') {
      return ['left', 'right']
        .map((side) => node.childForFieldName(side))
        .map((part) => (part ? this.#path(part) : ''))
        .join('');
    }
    if (node.type === 'string') {
      return node.namedChildren
        .map((part) => {
          if (part?.type === 'string_content') return part.text;
          const inner = part?.type === 'interpolation' ? part.namedChild(0) : null;
          return inner === null || inner === undefined ? '' : this.#path(inner);
        })
        .join('');
    }
    return unknown;
  }
}

/** Of `self.app`, `app`. */
function nameOf(node: Node | null): string | null {
  if (node === null) return null;
  if (node.type === 'identifier') return node.text;
  if (node.type === 'attribute' && node.childForFieldName('object')?.text === 'self') {
    return node.childForFieldName('attribute')?.text ?? null;
  }
  return null;
}

function toReference(node: Node | undefined): Reference | null {
  if (node === undefined) return null;
  const name = nameOf(node);
  if (name !== null) return { name, member: null };
  const base = nameOf(node.type === 'attribute' ? node.childForFieldName('object') : null);
  return base === null ? null : { name: base, member: node.childForFieldName('attribute')?.text ?? null };
}

/** Null for a text with places to fill. */
function textOf(node: Node): string | null {
  if (node.type !== 'string' || node.namedChildren.some((child) => child?.type === 'interpolation')) return null;
  return node.namedChildren
    .filter((child) => child?.type === 'string_content')
    .map((child) => child?.text ?? '')
    .join('');
}

function textsIn(node: Node | undefined): string[] {
  return (node?.namedChildren ?? []).flatMap((child) => (child === null ? [] : (textOf(child) ?? [])));
}

function argumentsOf(call: Node): { positional: Node[]; named: Map<string, Node> } {
  const positional: Node[] = [];
  const named = new Map<string, Node>();
  for (const child of call.childForFieldName('arguments')?.namedChildren ?? []) {
    if (child === null || child.type === 'comment') continue;
    const value = child.type === 'keyword_argument' ? child.childForFieldName('value') : null;
    if (value === null) positional.push(child);
    else named.set(child.childForFieldName('name')?.text ?? '', value);
  }
  return { positional, named };
}
