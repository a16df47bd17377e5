/** What a module of Python means among the files of a commit. */
import { posix } from 'node:path';
import { foldersUp } from './folders.js';
import { isStandardPython } from './python-standard.js';

/** What tells that a folder is where a program or package begins. */
const projectFiles = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements.txt', 'manage.py', 'Pipfile'];

export interface PythonFiles {
  readonly paths: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
}

export class PythonResolver {
  readonly #files: PythonFiles;
  readonly #projects: readonly string[];

  constructor(files: PythonFiles) {
    this.#files = files;
    const found = [...files.folders].filter((folder) =>
      projectFiles.some((name) => files.paths.has(posix.join(folder, name))),
    );
    this.#projects = found.sort((a, b) => a.length - b.length).slice(0, 200);
  }

  /** The file or folder of a module; null for a package from elsewhere. A leading dot is the importer's own package. */
  resolve(from: string, module: string): string | null {
    const dots = /^\.*/.exec(module)?.[0].length ?? 0;
    const name = module.slice(dots).replaceAll('.', '/');
    if (dots > 0) {
      const base = posix.join(posix.dirname(from), '../'.repeat(dots - 1));
      return base.startsWith('..') ? null : this.#at(posix.join(base, name));
    }
    const isStandard = isStandardPython(module);
    for (const root of this.#roots(from)) {
      const found = this.#at(posix.join(root, name));
      // A folder called `test` or `email` hides no module of Python's, unless the whole path is there.
      if (found !== null && !(isStandard && (!name.includes('/') || !found.endsWith('.py')))) return found;
    }
    return null;
  }

  /** What the names of `from module import a, b` are: modules of their own, or things of this one. */
  resolveNames(from: string, module: string, names: readonly string[]): string[] {
    const joiner = module.endsWith('.') ? '' : '.';
    const own = this.resolve(from, module);
    const found = names.map((name) => {
      const inner = this.resolve(from, `${module}${joiner}${name}`);
      return inner !== null && (own === null || inner.endsWith('.py')) ? inner : own;
    });
    const known = found.filter((path) => path !== null);
    return [...new Set(known.length === 0 && own !== null ? [own] : known)];
  }

  /** Where a program may have been started or a package installed from: the folders above, `src` in them, and projects. */
  *#roots(from: string): Generator<string> {
    for (const folder of foldersUp(from)) {
      yield folder;
      for (const name of ['src', 'lib', 'python']) {
        const inner = posix.join(folder, name);
        if (this.#files.folders.has(inner)) yield inner;
      }
    }
    for (const project of this.#projects) {
      yield project;
      yield posix.join(project, 'src');
    }
  }

  #at(path: string): string | null {
    for (const candidate of [`${path}/__init__.py`, `${path}.py`, `${path}/__init__.pyi`, `${path}.pyi`]) {
      const normal = posix.normalize(candidate);
      if (this.#files.paths.has(normal)) return normal;
    }
    const folder = posix.normalize(path);
    return folder !== '.' && this.#files.folders.has(folder) && this.#holdsPython(folder) ? folder : null;
  }

  readonly #python = new Map<string, boolean>();

  /** A package without `__init__.py`. */
  #holdsPython(folder: string): boolean {
    if (this.#python.size === 0) {
      for (const path of this.#files.paths) {
        if (path.endsWith('.py')) for (const above of foldersUp(path)) this.#python.set(above, true);
      }
      this.#python.set('', false);
    }
    return this.#python.get(folder) === true;
  }
}
