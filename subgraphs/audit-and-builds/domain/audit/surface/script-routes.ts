/** Routes in the manner of Express, Fastify, Hono and Koa's router, and controllers of NestJS. */
import ts from 'typescript';
import { readController } from './controllers.js';
import {
  exportedAs,
  isFunction,
  memberName,
  propertyOf,
  requiredBy,
  requiredMember,
  routeOfChain,
  type FunctionNode,
} from './script-nodes.js';
import { lineOf, listOf, memberOf, textsOf } from './script-texts.js';
import type { Binding, Mount, Reference, Route, RouterName, WebFacts } from './web-facts.js';

export function mayHaveScriptRoutes(content: string): boolean {
  return /\.(?:get|post|put|patch|delete|head|options|all|route|use|register|setGlobalPrefix)\s*(?:<[^()]{0,200}>)?\s*\(|@Controller\b/.test(
    content,
  );
}

const makers = new Set(['express', 'Router', 'fastify', 'Fastify', 'Hono', 'OpenAPIHono', 'KoaRouter', 'polka']);
/** What people call a router that this file doesn't make. */
const usualNames = new Set(['app', 'router', 'server', 'fastify', 'instance', 'api']);
const verbs: Readonly<Record<string, string>> = {
  get: 'GET',
  post: 'POST',
  put: 'PUT',
  patch: 'PATCH',
  delete: 'DELETE',
  del: 'DELETE',
  head: 'HEAD',
  options: 'OPTIONS',
  all: '*',
};

/** Names of one function, or of the file. */
interface Scope {
  readonly names: Map<string, RouterName>;
  readonly parent: Scope | null;
  /** The router that the function around is, for whoever calls it. */
  readonly owner: RouterName | null;
}

export function readScriptRoutes(file: ts.SourceFile): WebFacts {
  const reader = new ScriptRoutes(file);
  reader.walk();
  return reader;
}

class ScriptRoutes implements WebFacts {
  readonly routers = new Map<RouterName, string>();
  readonly routes: Route[] = [];
  readonly mounts: Mount[] = [];
  readonly bindings = new Map<string, Binding>();
  readonly exports = new Map<string, Reference>();
  readonly constants = new Map<string, string>();
  globalPrefix: string | null = null;
  readonly #file: ts.SourceFile;
  /** Names that stand for something that is no router. */
  readonly #others = new Set<RouterName>();
  /** Functions that are handed to `register`, `use` and the like, by what they are mounted as. */
  readonly #handed = new Map<ts.Node, RouterName>();
  readonly #exported = new Set<ts.VariableDeclaration>();

  constructor(file: ts.SourceFile) {
    this.#file = file;
  }

  walk(): void {
    const top: Scope = { names: new Map(), parent: null, owner: null };
    const pending: [ts.Node, Scope][] = [[this.#file, top]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [node, scope] = next;
      const inner = isFunction(node) ? this.#enter(node, scope) : scope;
      this.#read(node, inner);
      const children: [ts.Node, Scope][] = [];
      ts.forEachChild(node, (child) => void children.push([child, inner]));
      pending.push(...children.reverse());
    }
  }

  #read(node: ts.Node, scope: Scope): void {
    if (ts.isImportDeclaration(node)) this.#import(node);
    else if (ts.isExportDeclaration(node)) this.#reExport(node);
    else if (ts.isExportAssignment(node)) this.#export('default', node.expression, scope);
    else if (ts.isVariableStatement(node)) this.#noteExported(node);
    else if (ts.isVariableDeclaration(node)) this.#declare(node, scope);
    else if (ts.isBinaryExpression(node)) this.#assign(node, scope);
    else if (ts.isReturnStatement(node)) this.#return(node.expression, scope);
    else if (ts.isCallExpression(node)) this.#call(node, scope);
    else if (ts.isClassDeclaration(node)) this.#controller(node);
  }

  /** A function may be given its router: `export default async function (fastify) { … }`. */
  #enter(node: FunctionNode, scope: Scope): Scope {
    const name = this.#handed.get(node) ?? this.#functionName(node);
    const [first] = node.parameters;
    const inner: Scope = { names: new Map(), parent: scope, owner: name };
    for (const { name: parameter } of node.parameters) {
      if (ts.isIdentifier(parameter)) inner.names.set(parameter.text, `${name} ${parameter.text}`);
    }
    if (first !== undefined && ts.isIdentifier(first.name) && name !== null) {
      inner.names.set(first.name.text, name);
      this.routers.set(name, '');
    }
    return inner;
  }

  #functionName(node: FunctionNode): RouterName {
    if (node.name !== undefined) {
      if (ts.isFunctionDeclaration(node)) {
        const exported = exportedAs(node, node.name.text);
        if (exported !== null) this.exports.set(exported, { name: node.name.text, member: null });
      }
      return node.name.text;
    }
    if (ts.isFunctionDeclaration(node)) {
      // Only a default export has no name.
      this.exports.set('default', { name: 'default function', member: null });
      return 'default function';
    }
    return `function at ${node.pos}`;
  }

  #import({ importClause, moduleSpecifier }: ts.ImportDeclaration): void {
    if (importClause === undefined || !ts.isStringLiteral(moduleSpecifier)) return;
    const specifier = moduleSpecifier.text;
    if (importClause.name !== undefined) this.bindings.set(importClause.name.text, { specifier, exported: 'default' });
    const named = importClause.namedBindings;
    if (named === undefined) return;
    if (ts.isNamespaceImport(named)) this.bindings.set(named.name.text, { specifier, exported: null });
    else {
      for (const { name, propertyName } of named.elements) {
        this.bindings.set(name.text, { specifier, exported: (propertyName ?? name).text });
      }
    }
  }

  #reExport({ exportClause, moduleSpecifier }: ts.ExportDeclaration): void {
    const from = moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : null;
    if (exportClause === undefined || !ts.isNamedExports(exportClause)) {
      if (from !== null && exportClause === undefined) {
        const all = `everything of ${from}`;
        this.bindings.set(all, { specifier: from, exported: null });
        this.exports.set(`* ${from}`, { name: all, member: null });
      }
      return;
    }
    for (const { name, propertyName } of exportClause.elements) {
      const local = (propertyName ?? name).text;
      if (from === null) this.exports.set(name.text, { name: local, member: null });
      else {
        const known = `${local} of ${from}`;
        this.bindings.set(known, { specifier: from, exported: local });
        this.exports.set(name.text, { name: known, member: null });
      }
    }
  }

  #export(exported: string, expression: ts.Expression, scope: Scope): void {
    if (isFunction(expression)) {
      const name = `function as ${exported}`;
      this.#handed.set(expression, name);
      this.exports.set(exported, { name, member: null });
      return;
    }
    const made = this.#made(expression);
    if (made !== null) {
      this.routers.set(`router as ${exported}`, made);
      this.exports.set(exported, { name: `router as ${exported}`, member: null });
      return;
    }
    // `fp(plugin)` and `withPrefix(router)` hand on what they are given.
    const wrapped = ts.isCallExpression(expression) ? expression.arguments[0] : undefined;
    if (wrapped !== undefined && isFunction(wrapped)) return this.#export(exported, wrapped, scope);
    const reference = this.#reference(wrapped !== undefined && ts.isIdentifier(wrapped) ? wrapped : expression, scope);
    if (reference !== null) this.exports.set(exported, reference);
    if (ts.isObjectLiteralExpression(expression)) {
      for (const property of expression.properties) {
        if (ts.isShorthandPropertyAssignment(property)) this.#export(property.name.text, property.name, scope);
        else if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name)) {
          this.#export(property.name.text, property.initializer, scope);
        }
      }
    }
  }

  #noteExported(node: ts.VariableStatement): void {
    if (exportedAs(node, '') === null) return;
    for (const declaration of node.declarationList.declarations) this.#exported.add(declaration);
  }

  #declare(node: ts.VariableDeclaration, scope: Scope): void {
    const { name, initializer } = node;
    if (initializer === undefined) return;
    const specifier = requiredBy(initializer);
    if (ts.isObjectBindingPattern(name)) {
      if (specifier === null) return;
      for (const element of name.elements) {
        if (!ts.isIdentifier(element.name)) continue;
        const exported = element.propertyName !== undefined ? memberName(element.propertyName) : element.name.text;
        this.bindings.set(element.name.text, { specifier, exported });
      }
      return;
    }
    if (!ts.isIdentifier(name)) return;
    if (specifier !== null)
      return void this.bindings.set(name.text, { specifier, exported: requiredMember(initializer) });
    if (ts.isStringLiteralLike(initializer)) return void this.constants.set(name.text, initializer.text);
    const isTop = scope.parent === null;
    const key = isTop ? name.text : `${name.text} in ${scope.owner ?? ''}`;
    scope.names.set(name.text, key);
    if (isFunction(initializer)) this.#handed.set(initializer, key);
    else {
      const made = this.#made(initializer);
      if (made === null) this.#others.add(key);
      else this.routers.set(key, made);
    }
    if (this.#exported.has(node)) this.exports.set(name.text, { name: key, member: null });
  }

  /** `module.exports = router`, `exports.router = router`, `this.app = express()`. */
  #assign({ left, right, operatorToken }: ts.BinaryExpression, scope: Scope): void {
    if (operatorToken.kind !== ts.SyntaxKind.EqualsToken) return;
    const target = memberOf(left);
    if (target === null) return;
    const { base, name } = target;
    if (base === 'module' && name === 'exports') this.#export('default', right, scope);
    else if (base === 'exports' || base === 'module.exports') this.#export(name, right, scope);
    else if (base === 'this') {
      const made = this.#made(right);
      if (made !== null) this.routers.set(name, made);
    }
  }

  #return(expression: ts.Expression | undefined, scope: Scope): void {
    if (expression === undefined || scope.owner === null || !ts.isIdentifier(expression)) return;
    const child = this.#reference(expression, scope);
    if (child === null || child.name === scope.owner) return;
    if (!this.routers.has(scope.owner)) this.routers.set(scope.owner, '');
    if (this.routers.has(child.name)) this.mounts.push({ parent: scope.owner, prefix: '', child });
  }

  #call(node: ts.CallExpression, scope: Scope): void {
    const { expression, arguments: given } = node;
    if (!ts.isPropertyAccessExpression(expression)) return this.#handOver(node, scope);
    const method = expression.name.text;
    const chained = routeOfChain(expression.expression);
    const receiver = this.#receiver(chained?.receiver ?? expression.expression, scope);
    if (receiver === null) return;
    if (method === 'setGlobalPrefix') return void (this.globalPrefix = this.#texts(given[0])[0] ?? null);
    const verb = Object.hasOwn(verbs, method) ? verbs[method] : undefined;
    if (verb !== undefined && chained !== null) return this.#route(receiver, [verb], chained.path, node);
    if (verb !== undefined) {
      // With a path alone it reads a setting, or calls somebody else.
      if (given.length >= 2 && this.#mayBeRouter(receiver)) this.#route(receiver, [verb], given[0], node);
    } else if (method === 'route') this.#routeOptions(receiver, given[0], node, scope, given);
    else if (method === 'use' || method === 'register') this.#mount(receiver, given, scope);
  }

  #route(router: RouterName, methods: readonly string[], path: ts.Expression | undefined, node: ts.Node): void {
    for (const text of this.#texts(path)) {
      if (/^(?:\/|\ue000|$|\*)/.test(text))
        this.routes.push({ router, verbs: methods, path: text, line: lineOf(this.#file, node) });
    }
  }

  /** Fastify's `route({ method, url })`, and Hono's `route(prefix, child)`. */
  #routeOptions(
    router: RouterName,
    options: ts.Expression | undefined,
    node: ts.Node,
    scope: Scope,
    given: readonly ts.Expression[],
  ): void {
    if (given.length === 2) return this.#mount(router, given, scope);
    if (options === undefined || !ts.isObjectLiteralExpression(options)) return;
    const methods = listOf(propertyOf(options, 'method')).flatMap((method) => this.#texts(method));
    this.#route(
      router,
      methods.map((method) => method.toUpperCase()),
      propertyOf(options, 'url'),
      node,
    );
  }

  #mount(parent: RouterName, given: readonly ts.Expression[], scope: Scope): void {
    const [first] = given;
    const paths = first === undefined ? [] : this.#texts(first);
    const options = given.find((each) => ts.isObjectLiteralExpression(each));
    const named = options === undefined ? [] : this.#texts(propertyOf(options, 'prefix'));
    const prefixes = named.length > 0 ? named : paths.length > 0 ? paths : [''];
    for (const argument of given.slice(paths.length > 0 ? 1 : 0)) {
      const child = this.#child(argument, scope);
      if (child !== null) this.mounts.push(...prefixes.map((prefix) => ({ parent, prefix, child })));
    }
  }

  #child(argument: ts.Expression, scope: Scope): Reference | null {
    if (isFunction(argument)) {
      const name = `function at ${argument.pos}`;
      this.#handed.set(argument, name);
      return { name, member: null };
    }
    return this.#reference(argument, scope);
  }

  /** `routes(app)` and `require('./routes')(app)`: the routes of that function are the app's. */
  #handOver(node: ts.CallExpression, scope: Scope): void {
    const parents = node.arguments.flatMap((argument) => {
      const name = ts.isIdentifier(argument) ? this.#receiver(argument, scope) : null;
      return name === null || !(this.routers.has(name) || usualNames.has(name)) ? [] : [name];
    });
    const child = parents.length === 0 ? null : this.#reference(node.expression, scope);
    if (child !== null) for (const parent of parents) this.mounts.push({ parent, prefix: '', child });
  }

  #controller(node: ts.ClassDeclaration): void {
    const controller = readController(this.#file, node, (expression) => this.#texts(expression));
    if (controller === null) return;
    controller.prefixes.forEach((prefix, index) => {
      const router = `controller ${node.pos} ${index}`;
      this.routers.set(router, prefix);
      this.routes.push(...controller.routes.map((route) => ({ ...route, router })));
    });
  }

  /** A name of this file that a path or router is read from. */
  #reference(expression: ts.Expression, scope: Scope): Reference | null {
    if (ts.isIdentifier(expression)) return { name: this.#nameIn(scope, expression.text), member: null };
    const specifier = requiredBy(expression);
    if (specifier !== null) {
      const name = `required at ${expression.pos}`;
      this.bindings.set(name, { specifier, exported: requiredMember(expression) });
      return { name, member: null };
    }
    if (ts.isPropertyAccessExpression(expression)) {
      if (expression.expression.kind === ts.SyntaxKind.ThisKeyword) return { name: expression.name.text, member: null };
      if (!ts.isIdentifier(expression.expression)) return null;
      // `users.routes()` of Koa is the router itself.
      return { name: this.#nameIn(scope, expression.expression.text), member: expression.name.text };
    }
    if (ts.isCallExpression(expression)) {
      const called = this.#reference(expression.expression, scope);
      if (called?.member === 'routes' || called?.member === 'middleware') return { ...called, member: null };
      return called;
    }
    return null;
  }

  #nameIn(scope: Scope, name: string): RouterName {
    for (let at: Scope | null = scope; at !== null; at = at.parent) {
      const known = at.names.get(name);
      if (known !== undefined) return known;
    }
    return name;
  }

  #receiver(expression: ts.Expression, scope: Scope): RouterName | null {
    if (ts.isIdentifier(expression)) return this.#nameIn(scope, expression.text);
    if (!ts.isPropertyAccessExpression(expression) || expression.expression.kind !== ts.SyntaxKind.ThisKeyword)
      return null;
    return expression.name.text;
  }

  #mayBeRouter(name: RouterName): boolean {
    if (this.routers.has(name) || this.bindings.has(name)) return true;
    const spoken = name.split(' ').at(-1) ?? name;
    if (this.#others.has(name)) return ['app', 'router', 'server', 'fastify'].includes(spoken.replace(/ in .*/, ''));
    return usualNames.has(name) || usualNames.has(spoken);
  }

  /** The prefix of a router that is made by this expression; null when it makes none. */
  #made(expression: ts.Expression): string | null {
    for (let at: ts.Expression = expression; ;) {
      if (ts.isAwaitExpression(at) || ts.isAsExpression(at) || ts.isParenthesizedExpression(at)) at = at.expression;
      else if (ts.isCallExpression(at) || ts.isNewExpression(at)) {
        const { expression: maker } = at;
        const name = ts.isIdentifier(maker) ? maker.text : ts.isPropertyAccessExpression(maker) ? maker.name.text : '';
        if (makers.has(name) || requiredBy(maker) === 'express') {
          const [options] = at.arguments ?? [];
          return (options && this.#texts(propertyOf(options, 'prefix'))[0]) ?? '';
        }
        // `fastify().withTypeProvider()` is still that server.
        if (!ts.isPropertyAccessExpression(maker)) return null;
        at = maker.expression;
      } else return null;
    }
  }

  #texts(expression: ts.Expression | undefined): string[] {
    return textsOf(expression, (name) => this.constants.get(name) ?? null);
  }
}
