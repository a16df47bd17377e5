/** Go: `go.mod` and `go.sum`. */
import { posix } from 'node:path';
import { isFixture, isForeign } from '../places.js';
import type { Repository, Source } from '../repository.js';
import { foldersUp } from '../resolve/folders.js';
import type { Ecosystem, OutOfStep, Undeclared, Unreadable } from './scope.js';

interface Module {
  readonly path: string;
  readonly folder: string;
  readonly name: string;
  readonly required: ReadonlyMap<string, string>;
  readonly replaced: ReadonlySet<string>;
}

export class Go implements Ecosystem {
  readonly #repository: Repository;
  readonly #modules = new Map<string, Module>();
  readonly #unreadable: Unreadable[] = [];

  constructor(repository: Repository) {
    this.#repository = repository;
    for (const { path, content } of repository.files) {
      if (posix.basename(path) !== 'go.mod' || isForeign(path) || isFixture(path)) continue;
      const module = toModule(path, content);
      if (module === null) this.#unreadable.push({ path });
      else this.#modules.set(module.folder, module);
    }
  }

  undeclared(source: Source): Undeclared[] {
    const module = [...foldersUp(source.path)].flatMap((folder) => this.#modules.get(folder) ?? [])[0];
    return source.facts.imports.flatMap((fact) => {
      const { specifier } = fact;
      const [host = ''] = specifier.split('/');
      // What has no dot in its first part is Go's own, or the module's.
      const isForeignPath = host.includes('.') && !isWithin(specifier, module?.name ?? '');
      if (!isForeignPath || [...(module?.required.keys() ?? [])].some((name) => isWithin(specifier, name))) return [];
      return [{ source, fact, name: specifier, manifest: module?.path ?? null }];
    });
  }

  unreadable(): Unreadable[] {
    return this.#unreadable;
  }

  outOfStep(): OutOfStep[] {
    return [...this.#modules.values()].flatMap(({ folder, required, replaced }) => {
      const lock = posix.join(folder, 'go.sum');
      const sums = this.#repository.contentOf(lock);
      if (sums === undefined) return [];
      const known = new Set(
        sums.split('\n').map((line) =>
          line
            .split(' ')
            .slice(0, 2)
            .join(' ')
            .replace(/\/go\.mod$/, ''),
        ),
      );
      return [...required]
        .filter(([name, version]) => !replaced.has(name) && !known.has(`${name} ${version}`))
        .map(([name, version]) => ({ lock, message: `has no ${name} ${version}` }));
    });
  }
}

function isWithin(path: string, module: string): boolean {
  return module !== '' && (path === module || path.startsWith(`${module}/`));
}

function toModule(path: string, content: string): Module | null {
  const lines = content.split('\n').map((line) => line.replace(/\/\/.*$/, '').trim());
  const name = lines.flatMap((line) => /^module\s+"?([^\s"]+)"?$/.exec(line)?.[1] ?? [])[0];
  if (name === undefined) return null;
  const required = new Map<string, string>();
  const replaced = new Set<string>();
  let block = '';
  for (const line of lines) {
    const opened = /^(\w+)\s*\($/.exec(line)?.[1];
    if (opened !== undefined) block = opened;
    else if (line === ')') block = '';
    else {
      const [, verb = '', rest = ''] = block === '' ? (/^(\w+)\s+(.*)$/.exec(line) ?? []) : ['', block, line];
      const [module = '', version = ''] = rest.split(/\s+/);
      if (verb === 'require' && version !== '') required.set(module, version);
      if (verb === 'replace') replaced.add(module);
    }
  }
  return { path, folder: posix.dirname(path), name, required, replaced };
}
