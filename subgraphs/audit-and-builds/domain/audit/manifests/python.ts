/** Python: `pyproject.toml`, `requirements*.txt`, `setup.cfg`, `setup.py`, `Pipfile`, `environment.yml`, and their lock files. */
import { posix } from 'node:path';
import { isFixture, isForeign } from '../places.js';
import type { Repository, Source } from '../repository.js';
import { foldersUp } from '../resolve/folders.js';
import { isStandardPython } from '../resolve/python-standard.js';
import { isObject, objectAt, readJsonObject, textMembers } from './json.js';
import { distributionsOf } from './python-names.js';
import type { Ecosystem, OutOfStep, Undeclared, Unreadable } from './scope.js';
import { normalName, readToml, requirementName } from './toml.js';

interface Manifest {
  readonly path: string;
  readonly folder: string;
  readonly declared: ReadonlySet<string>;
  /** What has to be in a lock file beside it. */
  readonly locked: ReadonlySet<string>;
}

type ReadManifest = (
  text: string,
) => { readonly declared: Iterable<string>; readonly locked?: Iterable<string> } | null;

const readers: readonly (readonly [RegExp, ReadManifest])[] = [
  [/^pyproject\.toml$/, readPyproject],
  [/^(?:[\w.-]*requirements[\w.-]*|constraints[\w.-]*)\.(?:txt|in)$/, (text) => ({ declared: requirementNames(text) })],
  [/^setup\.cfg$/, (text) => ({ declared: indentedNames(text) })],
  [/^setup\.py$/, (text) => ({ declared: quotedNames(text) })],
  [/^Pipfile$/, readPipfile],
  [/^environment\.ya?ml$/, (text) => ({ declared: listedNames(text) })],
];

export class Python implements Ecosystem {
  readonly #repository: Repository;
  readonly #manifests: Manifest[] = [];
  readonly #unreadable: Unreadable[] = [];

  constructor(repository: Repository) {
    this.#repository = repository;
    for (const { path, content } of repository.files) {
      if (isForeign(path) || isFixture(path)) continue;
      const isListed = posix.basename(posix.dirname(path)) === 'requirements' && path.endsWith('.txt');
      const name = isListed ? 'requirements.txt' : posix.basename(path);
      const read = readers.find(([pattern]) => pattern.test(name))?.[1];
      if (read === undefined) continue;
      const found = read(content);
      const folder = isListed ? posix.dirname(posix.dirname(path)) : posix.dirname(path);
      if (found === null) this.#unreadable.push({ path });
      else
        this.#manifests.push({ path, folder, declared: new Set(found.declared), locked: new Set(found.locked ?? []) });
    }
  }

  undeclared(source: Source): Undeclared[] {
    const folders = [...foldersUp(source.path)];
    const above = this.#manifests.filter(({ folder }) => folders.includes(folder));
    // A script beside the projects uses what they have.
    const around = above.length > 0 ? above : this.#manifests;
    const nearest = folders.flatMap((folder) => around.find((each) => each.folder === folder)?.path ?? [])[0];
    return source.facts.imports.flatMap((fact) => {
      const { specifier } = fact;
      if (specifier.startsWith('.') || specifier === '' || isStandardPython(specifier)) return [];
      const top = specifier.split('.')[0] ?? '';
      if (top.startsWith('_')) return [];
      const modules = fact.names.length === 0 ? [specifier] : fact.names.map((name) => `${specifier}.${name}`);
      const isDeclared = modules.some((module) => around.some(({ declared }) => distributionsOf(module, declared)));
      if (isDeclared || this.#repository.targetsOf(source, fact).length > 0 || this.#isModuleSomewhere(top)) return [];
      return [{ source, fact, name: top, manifest: nearest ?? around[0]?.path ?? null }];
    });
  }

  /** A module of this repository all the same, which only `sys.path` or PYTHONPATH leads to. */
  #isModuleSomewhere(name: string): boolean {
    this.#modules ??= new Set(
      [...this.#repository.paths]
        .filter((path) => path.endsWith('.py'))
        .map((path) =>
          posix.basename(path) === '__init__.py' ? posix.basename(posix.dirname(path)) : posix.basename(path, '.py'),
        ),
    );
    return this.#modules.has(name);
  }
  #modules: Set<string> | null = null;

  unreadable(): Unreadable[] {
    return this.#unreadable;
  }

  outOfStep(): OutOfStep[] {
    return this.#manifests.flatMap(({ folder, locked }) =>
      Object.entries(locks).flatMap(([name, namesIn]) => {
        const lock = posix.join(folder, name);
        const text = this.#repository.contentOf(lock);
        if (text === undefined || locked.size === 0) return [];
        const known = namesIn(text);
        if (known === null) return [{ lock, message: 'can’t be read' }];
        return [...locked].filter((each) => !known.has(each)).map((each) => ({ lock, message: `has no ${each}` }));
      }),
    );
  }
}

const locks: Readonly<Record<string, (text: string) => ReadonlySet<string> | null>> = {
  'poetry.lock': lockedPackages,
  'uv.lock': lockedPackages,
  'pdm.lock': lockedPackages,
  'Pipfile.lock': (text) => {
    const lock = readJsonObject(text);
    if (lock === null) return null;
    return new Set(['default', 'develop'].flatMap((group) => Object.keys(objectAt(lock, group)).map(normalName)));
  },
};

function lockedPackages(text: string): ReadonlySet<string> | null {
  const packages = readToml(text)?.['package'];
  if (!Array.isArray(packages)) return text.trim() === '' || readToml(text) === null ? null : new Set();
  return new Set(
    packages.flatMap((each: unknown) =>
      isObject(each) && typeof each['name'] === 'string' ? normalName(each['name']) : [],
    ),
  );
}

function readPyproject(text: string): ReturnType<ReadManifest> {
  const toml = readToml(text);
  if (toml === null) return null;
  const lists = (table: Record<string, unknown>): string[] => Object.values(table).flatMap(textMembers);
  const project = textMembers(objectAt(toml, 'project')['dependencies']);
  const optional = lists(objectAt(toml, 'project', 'optional-dependencies'));
  const others = [
    ...lists(objectAt(toml, 'dependency-groups')),
    ...lists(objectAt(toml, 'tool', 'pdm', 'dev-dependencies')),
    ...textMembers(objectAt(toml, 'tool', 'uv')['dev-dependencies']),
    ...Object.values(objectAt(toml, 'tool', 'hatch', 'envs')).flatMap((env) =>
      isObject(env) ? [...textMembers(env['dependencies']), ...textMembers(env['extra-dependencies'])] : [],
    ),
  ];
  const poetry = objectAt(toml, 'tool', 'poetry');
  const tables = [
    objectAt(poetry, 'dependencies'),
    objectAt(poetry, 'dev-dependencies'),
    ...Object.values(objectAt(poetry, 'group')).map((group) => objectAt(group, 'dependencies')),
  ];
  const named = tables
    .flatMap((table) => Object.keys(table))
    .map(normalName)
    .filter((name) => name !== 'python');
  const required = (list: readonly string[]): string[] => list.flatMap((each) => requirementName(each) ?? []);
  const own = objectAt(toml, 'project')['name'];
  return {
    declared: [
      ...required([...project, ...optional, ...others]),
      ...named,
      ...(typeof own === 'string' ? [normalName(own)] : []),
      ...requirementsOfBuild(toml),
    ],
    locked: [...required([...project, ...optional]), ...named],
  };
}

function requirementsOfBuild(toml: Record<string, unknown>): string[] {
  return textMembers(objectAt(toml, 'build-system')['requires']).flatMap((each) => requirementName(each) ?? []);
}

function requirementNames(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const egg = /[#&]egg=([\w.-]+)/.exec(line)?.[1];
    if (egg !== undefined) return [normalName(egg)];
    return /^\s*(?:#|-)/.test(line) ? [] : (requirementName(line) ?? []);
  });
}

/** Values of `install_requires` and `options.extras_require`: indented lines, and what stands behind an equals sign. */
function indentedNames(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const value = /^\s+(\S.*)$/.exec(line)?.[1] ?? /^[\w.-]+\s*=\s*(.+)$/.exec(line)?.[1];
    return value === undefined ? [] : (requirementName(value) ?? []);
  });
}

/** A program: every text in it may be a requirement. */
function quotedNames(text: string): string[] {
  return [
    ...text.matchAll(/["']([A-Za-z0-9][\w.-]{0,80}(?:\[[\w,\s-]{0,80}\])?\s*(?:[<>=!~;@][^"'\n]{0,200})?)["']/g),
  ].flatMap(([, each = '']) => requirementName(each) ?? []);
}

function listedNames(text: string): string[] {
  return [...text.matchAll(/^\s*-\s*(?:[\w-]+::)?([A-Za-z0-9][\w.-]*)/gm)].map(([, name = '']) => normalName(name));
}

function readPipfile(text: string): ReturnType<ReadManifest> {
  const toml = readToml(text);
  if (toml === null) return null;
  const names = ['packages', 'dev-packages'].flatMap((group) => Object.keys(objectAt(toml, group)).map(normalName));
  return { declared: names, locked: names };
}
