/** What a specifier of JavaScript or TypeScript means, by TypeScript's own resolution over the files of the commit. */
import { posix } from 'node:path';
import ts from 'typescript';
import { foldersUp } from './folders.js';
import type { OwnPackage } from './workspaces.js';

/** TypeScript wants absolute paths; here the root of the repository is the root of all. */
const absolute = (path: string): string => posix.join('/', path);
const modules = '/node_modules/';

export interface ScriptFiles {
  readonly paths: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  readonly contentOf: (path: string) => string | undefined;
  readonly packages: ReadonlyMap<string, OwnPackage>;
}

/** A tsconfig, with its own cache of what was resolved under it. */
interface Settings {
  readonly options: ts.CompilerOptions;
  readonly cache: ts.ModuleResolutionCache;
}

const options: ts.CompilerOptions = {
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  module: ts.ModuleKind.ESNext,
  allowJs: true,
  resolveJsonModule: true,
  allowImportingTsExtensions: true,
  // A package's own conditions name its sources, where it has any.
  customConditions: ['source', 'development', 'import', 'require', 'node', 'browser'],
};

export class ScriptResolver {
  readonly #files: ScriptFiles;
  readonly #host: ts.ModuleResolutionHost & ts.ParseConfigHost;
  readonly #settings = new Map<string, readonly Settings[]>();

  constructor(files: ScriptFiles) {
    this.#files = files;
    this.#host = {
      fileExists: (path) => this.#real(path) !== null && files.paths.has(this.#real(path) ?? ''),
      directoryExists: (path) => {
        if (path === '/node_modules') return true;
        const real = this.#real(path);
        return real === null ? this.#isScope(path) : files.folders.has(real);
      },
      readFile: (path) => {
        const real = this.#real(path);
        return real === null ? undefined : files.contentOf(real);
      },
      realpath: (path) => {
        const real = this.#real(path);
        return real === null ? path : absolute(real);
      },
      getCurrentDirectory: () => '/',
      useCaseSensitiveFileNames: true,
      readDirectory: () => [],
    };
  }

  /** The file; null for a package from elsewhere, and for what isn't there. */
  resolve(from: string, specifier: string): string | null {
    for (const { options: given, cache } of this.#settingsFor(from)) {
      const { resolvedModule } = ts.resolveModuleName(specifier, absolute(from), given, this.#host, cache);
      const path = resolvedModule === undefined ? null : this.#real(resolvedModule.resolvedFileName);
      if (path !== null && this.#files.paths.has(path)) return path;
    }
    return specifier.startsWith('.') ? this.#asset(from, specifier) : this.#ownPackage(specifier);
  }

  /** `./logo.svg` is a file all the same. */
  #asset(from: string, specifier: string): string | null {
    const path = posix.join(posix.dirname(from), specifier.replace(/[?#].*$/, ''));
    return this.#files.paths.has(path) ? path : null;
  }

  /** A package of this repository whose entries are not built: its sources, or its manifest. */
  #ownPackage(specifier: string): string | null {
    const { name, inside } = splitSpecifier(specifier);
    const own = this.#files.packages.get(name);
    if (own === undefined) return null;
    const wanted = inside === '' ? own.entries : [inside];
    const stems = wanted.flatMap((entry) => {
      const stem = posix.normalize(entry).replace(/(?:\.d)?\.[cm]?[jt]sx?$/, '');
      return [
        stem,
        stem.replace(/^(?:dist|build|lib|out)\/(?:(?:esm|cjs|es|types)\/)?/, 'src/'),
        posix.join('src', stem),
      ];
    });
    for (const stem of [...stems, ...(inside === '' ? ['src/index', 'index'] : [])]) {
      for (const ending of ['', '.ts', '.tsx', '.js', '.jsx', '.mjs', '/index.ts', '/index.tsx', '/index.js']) {
        const path = posix.join(own.folder, stem + ending);
        if (this.#files.paths.has(path)) return path;
      }
    }
    return posix.join(own.folder, 'package.json');
  }

  /** Where a path of TypeScript's is in the repository: a package of its own stands in `node_modules`, too. */
  #real(path: string): string | null {
    const inside = path.lastIndexOf(modules);
    if (inside === -1) return path === '/' ? '.' : path.slice(1);
    const { name, inside: rest } = splitSpecifier(path.slice(inside + modules.length));
    const own = this.#files.packages.get(name);
    return own === undefined ? null : posix.join(own.folder, rest);
  }

  #isScope(path: string): boolean {
    const scope = path.slice(path.lastIndexOf(modules) + modules.length);
    return scope.startsWith('@') && [...this.#files.packages.keys()].some((name) => name.startsWith(`${scope}/`));
  }

  /** The nearest configuration, then the projects that it refers to, then none: without `paths` it is as for JavaScript. */
  #settingsFor(from: string): readonly Settings[] {
    for (const folder of foldersUp(from)) {
      for (const name of ['tsconfig.json', 'jsconfig.json']) {
        const path = posix.join(folder, name);
        if (this.#files.paths.has(path)) return this.#read(path);
      }
    }
    return this.#cached('', () => [toSettings(options)]);
  }

  #read(config: string): readonly Settings[] {
    return this.#cached(config, () => {
      const own = this.#parse(config);
      const referred = own.references
        .map((reference) => reference.slice(1))
        .map((path) => (path.endsWith('.json') ? path : posix.join(path, 'tsconfig.json')))
        .filter((path) => this.#files.paths.has(path) && path !== config)
        .slice(0, mostReferences);
      return [own.options, ...referred.map((path) => this.#parse(path).options)].map((given) => toSettings(given));
    });
  }

  #parse(config: string): { options: ts.CompilerOptions; references: readonly string[] } {
    const { config: json } = ts.parseConfigFileTextToJson(absolute(config), this.#files.contentOf(config) ?? '') as {
      config?: unknown;
    };
    const parsed = ts.parseJsonConfigFileContent(
      json ?? {},
      this.#host,
      absolute(posix.dirname(config)),
      undefined,
      absolute(config),
    );
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- repositories have it all the same
    const { paths, baseUrl, pathsBasePath, rootDirs } = parsed.options;
    const given: ts.CompilerOptions = { ...options };
    if (paths !== undefined) given.paths = paths;
    if (baseUrl !== undefined) Object.assign(given, { baseUrl });
    if (pathsBasePath !== undefined) given['pathsBasePath'] = pathsBasePath;
    if (rootDirs !== undefined) given.rootDirs = rootDirs;
    return { options: given, references: (parsed.projectReferences ?? []).map(({ path }) => path) };
  }

  #cached(key: string, make: () => readonly Settings[]): readonly Settings[] {
    const known = this.#settings.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#settings.set(key, made);
    return made;
  }
}

const mostReferences = 20;

function toSettings(given: ts.CompilerOptions): Settings {
  return { options: given, cache: ts.createModuleResolutionCache('/', (name) => name, given) };
}

/** `@acme/db/client` is `client` inside of `@acme/db`. */
export function splitSpecifier(specifier: string): { readonly name: string; readonly inside: string } {
  const parts = specifier.split('/');
  const count = specifier.startsWith('@') ? 2 : 1;
  return { name: parts.slice(0, count).join('/'), inside: parts.slice(count).join('/') };
}
