/** Whether a lock file of npm, pnpm, yarn or bun is of the `package.json` beside it. */
import ts from 'typescript';
import { parseDocument } from 'yaml';
import { isObject, objectAt, readJsonObject } from './json.js';

export interface NpmManifest {
  readonly folder: string;
  readonly json: Record<string, unknown>;
  /** Ranges by name, by group. */
  readonly ranges: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export interface LockPlace {
  /** The text of a file beside the manifest. */
  readonly read: (name: string) => string | undefined;
  /** Packages that share the lock file. */
  readonly members: readonly NpmManifest[];
  /** Packages of the repository, which yarn does not lock. */
  readonly own: ReadonlyMap<string, unknown>;
}

export interface LockFault {
  /** Name of the lock file. */
  readonly lock: string;
  readonly message: string;
}

export function npmLockFaults(manifest: NpmManifest, place: LockPlace): LockFault[] {
  return Object.entries(readers).flatMap(([lock, find]) => {
    const text = place.read(lock);
    if (text === undefined) return [];
    const faults = find(text, manifest, place);
    return (faults ?? ['can’t be read']).map((message) => ({ lock, message }));
  });
}

/** What is wrong; null for a lock file that can't be read. */
type FindFaults = (text: string, manifest: NpmManifest, place: LockPlace) => string[] | null;

const installed = ['dependencies', 'devDependencies', 'optionalDependencies'];

const readers: Readonly<Record<string, FindFaults>> = {
  'package-lock.json': ofNpm,
  'npm-shrinkwrap.json': ofNpm,
  'pnpm-lock.yaml': ofPnpm,
  'yarn.lock': ofYarn,
  'bun.lock': ofBun,
};

function ofNpm(text: string, manifest: NpmManifest, { members }: LockPlace): string[] | null {
  const lock = readJsonObject(text);
  if (lock === null) return null;
  const { packages } = lock;
  // Version 1 has no ranges.
  if (!isObject(packages)) return missing(manifest, (name) => Object.hasOwn(objectAt(lock, 'dependencies'), name));
  return [manifest, ...members].flatMap((each) => {
    const key = each === manifest ? '' : inside(manifest, each);
    return differences(each, (group) => objectAt(packages, key, group), Object.hasOwn(packages, key));
  });
}

function ofBun(text: string, manifest: NpmManifest, { members }: LockPlace): string[] | null {
  const { config } = ts.parseConfigFileTextToJson('bun.lock', text) as { config?: unknown };
  if (!isObject(config)) return null;
  const workspaces = objectAt(config, 'workspaces');
  return [manifest, ...members].flatMap((each) => {
    const key = each === manifest ? '' : inside(manifest, each);
    return differences(each, (group) => objectAt(workspaces, key, group), Object.hasOwn(workspaces, key));
  });
}

/** Only the part that says what was asked for: the rest of such a file is large. */
function ofPnpm(text: string, manifest: NpmManifest, { members }: LockPlace): string[] | null {
  const importers = /^importers:\n[\s\S]*?(?=^\S)/m.exec(`${text}\nend:`)?.[0];
  // Before version 6 a single package stood at the top.
  const part =
    importers ??
    /^(?:specifiers|dependencies|devDependencies):\n[\s\S]*?(?=^packages:|$(?![\s\S]))/m.exec(text)?.[0] ??
    '';
  const document = parseDocument(part);
  if (document.errors.length > 0) return null;
  const lock: unknown = document.toJS({ maxAliasCount: 0 });
  const isOverridden = /^overrides:/m.test(text);
  return [manifest, ...members].flatMap((each) => {
    const key = each === manifest ? '.' : inside(manifest, each);
    const found = importers === undefined ? objectAt(lock) : objectAt(lock, 'importers', key);
    const specifiers = objectAt(found, 'specifiers');
    const rangesOf = (group: string): Record<string, unknown> =>
      Object.fromEntries(
        Object.entries(objectAt(found, group)).map(([name, value]) => [
          name,
          isObject(value) ? value['specifier'] : specifiers[name],
        ]),
      );
    // Overrides stand in the place of what was asked for.
    if (isOverridden) return missing(each, (name) => installed.some((group) => Object.hasOwn(rangesOf(group), name)));
    return differences(each, rangesOf, importers === undefined || Object.hasOwn(objectAt(lock, 'importers'), key));
  });
}

function ofYarn(text: string, manifest: NpmManifest, { members, own }: LockPlace): string[] {
  const keys = new Set(
    [...text.matchAll(/^(?![#\s])(.+):\s*$/gm)].flatMap(([, line = '']) =>
      line.split(/",\s*"|,\s+/).map((key) => key.replace(/^"|"$/g, '')),
    ),
  );
  const resolutions = Object.keys(objectAt(manifest.json, 'resolutions'));
  return [manifest, ...members].flatMap((each) =>
    entriesOf(each)
      .filter(([name, range]) => !/^(?:workspace|file|link|portal|patch):/.test(range) && !own.has(name))
      .filter(
        ([name]) => !resolutions.some((key) => key === name || key.includes(`${name}@`) || key.endsWith(`/${name}`)),
      )
      .filter(([name, range]) => ![`${name}@${range}`, `${name}@npm:${range}`].some((key) => keys.has(key)))
      .map(([name, range]) => `has no ${name}@${range}`),
  );
}

function entriesOf({ ranges }: NpmManifest): (readonly [string, string])[] {
  return installed.flatMap((group) => [...(ranges.get(group) ?? [])]);
}

function missing(manifest: NpmManifest, isLocked: (name: string) => boolean): string[] {
  return entriesOf(manifest).flatMap(([name]) => (isLocked(name) ? [] : [`has no ${name}`]));
}

/** What was asked for when it was locked, and what is asked for now. */
function differences(
  { ranges, folder }: NpmManifest,
  lockedOf: (group: string) => Record<string, unknown>,
  isKnown: boolean,
): string[] {
  if (!isKnown) return [...ranges.values()].every(({ size }) => size === 0) ? [] : [`knows no package in ${folder}`];
  return installed.flatMap((group) => {
    const asked = ranges.get(group) ?? new Map<string, string>();
    const locked = lockedOf(group);
    const optional = ranges.get('optionalDependencies');
    return [
      ...[...asked]
        // npm keeps what is optional apart, though it may be listed twice.
        .filter(([name]) => group === 'optionalDependencies' || optional?.has(name) !== true)
        .filter(([name, range]) => locked[name] !== range)
        .map(([name, range]) => `has ${name} at ${describe(locked[name])}, and it is asked for at ${range}`),
      ...Object.keys(locked)
        .filter((name) => !asked.has(name))
        .map((name) => `has ${name}, which is no longer asked for`),
    ];
  });
}

function describe(range: unknown): string {
  return typeof range === 'string' ? range : 'no range';
}

function inside(root: NpmManifest, { folder }: NpmManifest): string {
  return root.folder === '.' ? folder : folder.slice(root.folder.length + 1);
}
