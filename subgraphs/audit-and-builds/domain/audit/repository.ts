/** The files of a commit, with what was read of the sources among them, and what their imports lead to. */
import { posix } from 'node:path';
import { PythonResolver } from './resolve/python.js';
import { foldersOf } from './resolve/folders.js';
import { ScriptResolver } from './resolve/scripts.js';
import { ownPackages, type OwnPackage } from './resolve/workspaces.js';
import { languageOf, type ImportFact, type SourceFacts } from './sources/facts.js';
import { TooSlow } from './sources/tree.js';
import type { AuditFile } from './types.js';

export interface Source {
  readonly path: string;
  readonly facts: SourceFacts;
}

/** Reads one source. */
export type ReadSource = (path: string, content: string) => SourceFacts;

export class Repository {
  readonly files: readonly AuditFile[];
  readonly paths: ReadonlySet<string>;
  /** Packages of npm that are in here. */
  readonly packages: ReadonlyMap<string, OwnPackage>;
  readonly #contents: ReadonlyMap<string, string>;
  readonly #scripts: ScriptResolver;
  readonly #python: PythonResolver;
  readonly #readSource: ReadSource;
  #sources: readonly Source[] | null = null;

  constructor(files: readonly AuditFile[], readSource: ReadSource) {
    this.files = files;
    this.#contents = new Map(files.map(({ path, content }) => [path, content]));
    this.paths = new Set(this.#contents.keys());
    this.packages = ownPackages(files);
    this.#readSource = readSource;
    const folders = foldersOf(this.paths);
    this.#scripts = new ScriptResolver({
      paths: this.paths,
      folders,
      contentOf: (path) => this.#contents.get(path),
      packages: this.packages,
    });
    this.#python = new PythonResolver({ paths: this.paths, folders });
  }

  /** Read when a check first asks: each once, and nothing of it is kept but what checks ask for. */
  get sources(): readonly Source[] {
    this.#sources ??= this.files.flatMap(({ path, content }) =>
      languageOf(path) === null ? [] : [{ path, facts: this.#read(path, content) }],
    );
    return this.#sources;
  }

  /** One that no parser can read is at fault, and leaves the others to be judged. */
  #read(path: string, content: string): SourceFacts {
    try {
      return this.#readSource(path, content);
    } catch (error) {
      // The stack has ended.
      const isDeep = error instanceof RangeError;
      if (!isDeep && !(error instanceof TooSlow)) throw error;
      const fault = {
        line: 1,
        message: isDeep ? 'This nests too deep to be read.' : 'This takes too long to be read.',
      };
      return { language: languageOf(path) ?? 'script', fault, imports: [], web: null };
    }
  }

  contentOf(path: string): string | undefined {
    return this.#contents.get(path);
  }

  /** Files and folders of this repository that an import takes; none for a package from elsewhere. */
  targetsOf({ path, facts }: Source, { specifier, names }: ImportFact): readonly string[] {
    if (facts.language === 'python') return this.#python.resolveNames(path, specifier, names);
    if (facts.language !== 'script') return [];
    const found = this.#scripts.resolve(path, specifier);
    if (found !== null) return [found];
    // What isn't there has a path all the same: a build may make it.
    return /^\.\.?(?:\/|$)/.test(specifier) ? [posix.join(posix.dirname(path), specifier)] : [];
  }

  /** The module that `exported` comes out of, or is. */
  findModule(
    from: string,
    specifier: string,
    exported: string | null,
  ): { readonly file: string; readonly isExportedItself: boolean } | null {
    if (languageOf(from) !== 'python') {
      const file = this.#scripts.resolve(from, specifier);
      return file === null ? null : { file, isExportedItself: false };
    }
    const joiner = specifier.endsWith('.') ? '' : '.';
    const inner = exported === null ? null : this.#python.resolve(from, `${specifier}${joiner}${exported}`);
    if (inner !== null && inner.endsWith('.py')) return { file: inner, isExportedItself: true };
    const file = this.#python.resolve(from, specifier);
    return file === null ? null : { file, isExportedItself: false };
  }
}
