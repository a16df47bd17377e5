/** npm: `package.json`, and the lock files of npm, pnpm, yarn and bun. */
import { posix } from 'node:path';
import picomatch from 'picomatch';
import { isFixture, isForeign } from '../places.js';
import type { Repository, Source } from '../repository.js';
import { foldersUp } from '../resolve/folders.js';
import { isStandardNode } from '../resolve/node-standard.js';
import { splitSpecifier } from '../resolve/scripts.js';
import { workspaceGlobs } from '../resolve/workspaces.js';
import type { ImportFact } from '../sources/facts.js';
import { objectAt, readJsonObject } from './json.js';
import { npmLockFaults, type NpmManifest } from './npm-locks.js';
import type { Ecosystem, OutOfStep, Undeclared, Unreadable } from './scope.js';

const groups = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;
/** A name that npm would take; anything else is an alias of a bundler. */
const packageName = /^(?:@[a-z0-9-][a-z0-9._-]*\/)?[a-z0-9-][a-z0-9._-]*$/;

interface Manifest extends NpmManifest {
  readonly path: string;
  readonly folder: string;
  readonly name: string | null;
  readonly declared: ReadonlySet<string>;
}

export class Npm implements Ecosystem {
  readonly #repository: Repository;
  readonly #manifests = new Map<string, Manifest>();
  readonly #unreadable: Unreadable[] = [];
  readonly #importMap: readonly string[];

  constructor(repository: Repository) {
    this.#repository = repository;
    for (const { path, content } of repository.files) {
      if (posix.basename(path) !== 'package.json' || isForeign(path) || isFixture(path)) continue;
      const json = readJsonObject(content);
      if (json === null) this.#unreadable.push({ path });
      else this.#manifests.set(posix.dirname(path), toManifest(path, json));
    }
    this.#importMap = repository.files
      .filter(({ path }) => /(?:^|\/)(?:deno\.jsonc?|import_map\.json)$/.test(path))
      .flatMap(({ content }) => Object.keys(objectAt(readJsonObject(content), 'imports')));
  }

  undeclared(source: Source): Undeclared[] {
    const around = [...foldersUp(source.path)].flatMap((folder) => this.#manifests.get(folder) ?? []);
    return source.facts.imports.flatMap((fact) => {
      const name = this.#packageOf(source, fact, around[0]);
      if (name === null || around.some((manifest) => declares(manifest, name))) return [];
      return [{ source, fact, name, manifest: around[0]?.path ?? null }];
    });
  }

  /** Null for what is no package from elsewhere. */
  #packageOf(source: Source, fact: ImportFact, nearest: Manifest | undefined): string | null {
    const { specifier } = fact;
    if (/^[./#]|^[a-z][a-z0-9+.-]*:/i.test(specifier)) return null;
    const { name } = splitSpecifier(specifier);
    if (!packageName.test(name) || isStandardNode(name) || name === nearest?.name) return null;
    if (this.#importMap.some((key) => key === specifier || (key.endsWith('/') && specifier.startsWith(key))))
      return null;
    const isOwn = this.#repository.packages.has(name);
    if (!isOwn && this.#repository.targetsOf(source, fact).length > 0) return null;
    // Folders that a bundler is told to look into: `components/Button`.
    const folder = nearest?.folder ?? '.';
    const isFolder = [name, `src/${name}`, `app/${name}`].some((inner) => this.#isFolder(posix.join(folder, inner)));
    return isFolder && !isOwn ? null : name;
  }

  #isFolder(folder: string): boolean {
    this.#folders ??= new Set([...this.#repository.paths].flatMap((path) => [...foldersUp(path)]));
    return this.#folders.has(folder);
  }
  #folders: Set<string> | null = null;

  unreadable(): Unreadable[] {
    return this.#unreadable;
  }

  outOfStep(): OutOfStep[] {
    return [...this.#manifests.values()].flatMap((manifest) =>
      npmLockFaults(manifest, {
        read: (name) => this.#repository.contentOf(posix.join(manifest.folder, name)),
        members: this.#membersOf(manifest),
        own: this.#repository.packages,
      }).map(({ lock, message }) => ({ lock: posix.join(manifest.folder, lock), message })),
    );
  }

  /** The packages that share this one's lock file. */
  #membersOf(root: Manifest): Manifest[] {
    const pnpm = this.#repository.contentOf(posix.join(root.folder, 'pnpm-workspace.yaml')) ?? '';
    const listed = [...pnpm.matchAll(/^\s*-\s*["']?([^"'\s#]+)["']?/gm)].flatMap(([, glob]) => glob ?? []);
    const globs = [...workspaceGlobs(root.json), ...listed].map((glob) => glob.replace(/^\.\//, '').replace(/\/$/, ''));
    if (globs.length === 0) return [];
    const isMember = picomatch(
      globs.filter((glob) => !glob.startsWith('!')),
      { ignore: globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1)) },
    );
    return [...this.#manifests.values()].filter(({ folder }) => {
      const inside =
        root.folder === '.'
          ? folder
          : folder.startsWith(`${root.folder}/`)
            ? folder.slice(root.folder.length + 1)
            : null;
      return inside !== null && folder !== root.folder && isMember(inside);
    });
  }
}

function toManifest(path: string, json: Record<string, unknown>): Manifest {
  const ranges = new Map(
    groups.map((group) => [
      group,
      new Map(
        Object.entries(objectAt(json, group)).filter(
          (entry): entry is [string, string] => typeof entry[1] === 'string',
        ),
      ),
    ]),
  );
  const name = typeof json['name'] === 'string' ? json['name'] : null;
  return {
    path,
    folder: posix.dirname(path),
    name,
    json,
    ranges,
    declared: new Set([...ranges.values()].flatMap((group) => [...group.keys()])),
  };
}

/** Types are a package of their own, and some frameworks bring modules that nobody declares. */
function declares({ declared, json }: Manifest, name: string): boolean {
  const types = `@types/${name.startsWith('@') ? name.slice(1).replace('/', '__') : name}`;
  if (declared.has(name) || declared.has(types)) return true;
  if (name === 'server-only' || name === 'client-only') return declared.has('next');
  if (name === 'vscode') return 'vscode' in objectAt(json, 'engines');
  if (/^@(?:theme|site|generated|docusaurus)\//.test(name)) return declared.has('@docusaurus/core');
  return name === 'bun' && declared.has('bun-types');
}
