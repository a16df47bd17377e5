/** Puts routes together: what a router answers, under every path that it is mounted at. */
import { posix } from 'node:path';
import { unknown, type Mount, type PathText, type Reference, type RouterName, type WebFacts } from './web-facts.js';

export interface SourceOfRoutes {
  readonly path: string;
  readonly web: WebFacts;
  /** Folder of the package that the file belongs to. */
  readonly packageFolder: string;
}

export interface FoundRoute {
  readonly file: string;
  readonly line: number;
  readonly verb: string;
  /** `unknown` in the place of what only the running program knows. */
  readonly path: PathText;
}

/** The files that `specifier` may mean, and whether `exported` is what one of them is, rather than something in it. */
export type FindModule = (
  from: string,
  specifier: string,
  exported: string | null,
) => { readonly file: string; readonly isExportedItself: boolean } | null;

/** Routers in routers, and modules that hand on: deeper is a circle. */
const deepest = 12;
/** Paths that one router may be under. */
const mostPrefixes = 100;

export function joinRoutes(sources: readonly SourceOfRoutes[], findModule: FindModule): FoundRoute[] {
  const joined = new RouteGraph(sources, findModule);
  return sources.flatMap(({ path: file, web }) =>
    web.routes.flatMap(({ router, verbs, path, line }) =>
      joined
        .prefixesOf(joined.nodeOf(file, { name: router, member: null }) ?? keyOf(file, router))
        .flatMap((prefix) => verbs.map((verb) => ({ file, line, verb, path: joined.fill(concat(prefix, path)) }))),
    ),
  );
}

interface Place {
  readonly parent: string;
  readonly mount: Mount;
}

class RouteGraph {
  readonly #sources: ReadonlyMap<string, SourceOfRoutes>;
  readonly #findModule: FindModule;
  readonly #places = new Map<string, Place[]>();
  readonly #globalPrefixes: readonly { readonly folder: string; readonly prefix: string }[];
  /** By name, what all files agree on. */
  readonly #constants = new Map<string, string | null>();

  constructor(sources: readonly SourceOfRoutes[], findModule: FindModule) {
    this.#sources = new Map(sources.map((source) => [source.path, source]));
    this.#findModule = findModule;
    this.#globalPrefixes = sources.flatMap(({ packageFolder: folder, web }) =>
      web.globalPrefix === null ? [] : [{ folder, prefix: web.globalPrefix }],
    );
    for (const { path, web } of sources) {
      for (const mount of web.mounts) this.#place(path, mount);
      for (const [name, text] of web.constants) {
        const known = this.#constants.get(name);
        this.#constants.set(name, known === undefined || known === text ? text : null);
      }
    }
  }

  #place(file: string, mount: Mount): void {
    const child = this.nodeOf(file, mount.child);
    if (child === null) return;
    const parent = this.nodeOf(file, { name: mount.parent, member: null }) ?? keyOf(file, mount.parent);
    if (parent === child) return;
    const places = this.#places.get(child) ?? [];
    places.push({ parent, mount });
    this.#places.set(child, places);
  }

  /** The router that a name stands for, in whatever file it is made. */
  nodeOf(file: string, { name, member }: Reference, depth = 0): string | null {
    const source = this.#sources.get(file);
    if (source === undefined || depth > deepest) return null;
    const { routers, bindings, exports } = source.web;
    if (member === null && routers.has(name)) return keyOf(file, name);
    const binding = bindings.get(name);
    if (binding === undefined) {
      const handedOn = member === null ? undefined : exports.get(member);
      return handedOn === undefined || handedOn.name === name ? null : this.nodeOf(file, handedOn, depth + 1);
    }
    const found = this.#findModule(file, binding.specifier, binding.exported);
    if (found === null) return null;
    const wanted = found.isExportedItself || binding.exported === null ? member : binding.exported;
    return (
      this.#exportOf(found.file, wanted ?? 'default', depth + 1) ??
      // `users.router` of a default export that holds it.
      (member === null ? null : this.#exportOf(found.file, member, depth + 1))
    );
  }

  #exportOf(file: string, exported: string, depth: number): string | null {
    const source = this.#sources.get(file);
    if (source === undefined || depth > deepest) return null;
    const known = source.web.exports.get(exported);
    if (known !== undefined) return this.nodeOf(file, known, depth + 1);
    if (source.web.routers.has(exported) || source.web.bindings.has(exported)) {
      return this.nodeOf(file, { name: exported, member: null }, depth + 1);
    }
    for (const [name, reference] of source.web.exports) {
      const binding = name.startsWith('* ') ? source.web.bindings.get(reference.name) : undefined;
      const module = binding === undefined ? null : this.#findModule(file, binding.specifier, null);
      const found = module === null ? null : this.#exportOf(module.file, exported, depth + 1);
      if (found !== null) return found;
    }
    return null;
  }

  prefixesOf(node: string, seen: ReadonlySet<string> = new Set()): PathText[] {
    const [file = '', name = ''] = node.split(separator);
    const own = this.#sources.get(file)?.web.routers.get(name) ?? '';
    const places = seen.has(node) || seen.size > deepest ? [] : (this.#places.get(node) ?? []);
    if (places.length === 0) return [concat(this.#globalPrefix(file, name), own)];
    const around = new Set([...seen, node]);
    const prefixes = places.flatMap(({ parent, mount }) =>
      this.prefixesOf(parent, around).map((outer) =>
        concat(concat(outer, mount.prefix), mount.replacesPrefix === true ? '' : own),
      ),
    );
    return [...new Set(prefixes)].slice(0, mostPrefixes);
  }

  #globalPrefix(file: string, name: RouterName): string {
    if (!name.startsWith('controller ')) return '';
    const folder = this.#sources.get(file)?.packageFolder;
    const found = this.#globalPrefixes.find((each) => each.folder === folder);
    return found === undefined ? '' : concat('', found.prefix);
  }

  /** Constants of other files by their names, where no two files differ. */
  fill(path: PathText): PathText {
    return path.replace(/\ue000([A-Za-z_]\w*)\ue000/g, (_all, name: string) => this.#constants.get(name) ?? unknown);
  }
}

const separator = '\u0001';

function keyOf(file: string, name: RouterName): string {
  return `${file}${separator}${name}`;
}

/** `/a/` and `/b` are `/a/b`; a prefix without a slash gets one. */
function concat(prefix: PathText, path: PathText): PathText {
  const tail = path === '' || path === '/' ? '' : /^[/\ue000]/.test(path) ? path : `/${path}`;
  const all = `${prefix.replace(/\/+$/, '')}${tail}`;
  return all === '' || /^[/\ue000]/.test(all) ? all : `/${all}`;
}

export function packageFolderOf(path: string, manifests: ReadonlySet<string>): string {
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    if (manifests.has(posix.join(folder, 'package.json')) || folder === '.') return folder;
  }
}
