/** Rust: `Cargo.toml` and `Cargo.lock`. */
import { posix } from 'node:path';
import { isFixture, isForeign } from '../places.js';
import type { Repository, Source } from '../repository.js';
import { foldersUp } from '../resolve/folders.js';
import { isObject, objectAt } from './json.js';
import type { Ecosystem, OutOfStep, Undeclared, Unreadable } from './scope.js';
import { readToml } from './toml.js';

const groups = ['dependencies', 'dev-dependencies', 'build-dependencies'];
const standard = new Set(['std', 'core', 'alloc', 'proc_macro', 'test']);

interface Crate {
  readonly path: string;
  readonly folder: string;
  readonly toml: Record<string, unknown>;
  /** Names that sources may use, with underscores. */
  readonly names: ReadonlySet<string>;
  /** Names of the packages that have to be locked. */
  readonly packages: ReadonlySet<string>;
}

export class Cargo implements Ecosystem {
  readonly #repository: Repository;
  readonly #crates = new Map<string, Crate>();
  readonly #unreadable: Unreadable[] = [];

  constructor(repository: Repository) {
    this.#repository = repository;
    for (const { path, content } of repository.files) {
      if (posix.basename(path) !== 'Cargo.toml' || isForeign(path) || isFixture(path)) continue;
      const toml = readToml(content);
      if (toml === null) this.#unreadable.push({ path });
      else this.#crates.set(posix.dirname(path), toCrate(path, toml));
    }
  }

  undeclared(source: Source): Undeclared[] {
    const crate = [...foldersUp(source.path)]
      .flatMap((folder) => this.#crates.get(folder) ?? [])
      .find(({ toml }) => isObject(toml['package']));
    return source.facts.imports.flatMap((fact) => {
      const name = fact.specifier;
      if (standard.has(name) || crate?.names.has(name) === true || this.#isModule(crate, source, name)) return [];
      return [{ source, fact, name, manifest: crate?.path ?? null }];
    });
  }

  /** Modules beside the file or at the root of the crate, as the edition of 2015 has them. */
  #isModule(crate: Crate | undefined, { path }: Source, name: string): boolean {
    const folders = [posix.dirname(path), path.replace(/\.rs$/, ''), posix.join(crate?.folder ?? '.', 'src')];
    return folders.some((folder) =>
      [`${name}.rs`, `${name}/mod.rs`].some((file) => this.#repository.paths.has(posix.join(folder, file))),
    );
  }

  unreadable(): Unreadable[] {
    return this.#unreadable;
  }

  outOfStep(): OutOfStep[] {
    return [...this.#crates.values()].flatMap(({ folder, packages }) => {
      const lock = [...foldersUp(posix.join(folder, 'Cargo.toml'))]
        .map((above) => posix.join(above, 'Cargo.lock'))
        .find((path) => this.#repository.paths.has(path));
      if (lock === undefined) return [];
      const locked = readToml(this.#repository.contentOf(lock) ?? '')?.['package'];
      if (!Array.isArray(locked)) return [{ lock, message: 'can’t be read' }];
      const known = new Set(locked.flatMap((each: unknown) => (isObject(each) ? [each['name']] : [])));
      return [...packages].filter((name) => !known.has(name)).map((name) => ({ lock, message: `has no ${name}` }));
    });
  }
}

function toCrate(path: string, toml: Record<string, unknown>): Crate {
  const targets = Object.values(objectAt(toml, 'target'));
  const tables = [toml, ...targets].flatMap((owner) => groups.map((group) => objectAt(owner, group)));
  const entries = tables.flatMap((table) => Object.entries(table));
  const own = [objectAt(toml, 'package')['name'], objectAt(toml, 'lib')['name']];
  const names = [...entries.map(([name]) => name), ...own.filter((name) => typeof name === 'string')];
  return {
    path,
    folder: posix.dirname(path),
    toml,
    names: new Set(names.map((name) => name.replaceAll('-', '_'))),
    packages: new Set(
      entries.map(([name, given]) =>
        isObject(given) && typeof given['package'] === 'string' ? given['package'] : name,
      ),
    ),
  };
}
