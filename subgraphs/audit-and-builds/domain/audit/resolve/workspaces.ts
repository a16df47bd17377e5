/** The packages of npm that a repository itself holds, by name. */
import { posix } from 'node:path';
import { readJsonObject, textMembers } from '../manifests/json.js';
import { isFixture, isForeign } from '../places.js';
import type { AuditFile } from '../types.js';

export interface OwnPackage {
  readonly name: string;
  /** From the root; `.` is the root. */
  readonly folder: string;
  /** What it can be entered by, as its manifest says: files, some of which only a build makes. */
  readonly entries: readonly string[];
}

/** Each name once: the first in order of paths. */
export function ownPackages(files: readonly AuditFile[]): ReadonlyMap<string, OwnPackage> {
  const packages = new Map<string, OwnPackage>();
  for (const { path, content } of files) {
    if (posix.basename(path) !== 'package.json' || isForeign(path) || isFixture(path)) continue;
    const manifest = readJsonObject(content);
    const name = manifest?.['name'];
    if (manifest === null || typeof name !== 'string' || packages.has(name)) continue;
    const named = ['types', 'typings', 'module', 'main'].flatMap((key) => textsIn(manifest[key]));
    packages.set(name, { name, folder: posix.dirname(path), entries: [...exportsOf(manifest['exports']), ...named] });
  }
  return packages;
}

/** What `.` leads to, under whatever condition. */
function exportsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return textsIn(value);
  const members = value as Record<string, unknown>;
  return '.' in members
    ? textsIn(members['.'])
    : Object.keys(members).some((key) => key.startsWith('.'))
      ? []
      : textsIn(value);
}

function textsIn(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 5) return [];
  return Object.values(value).flatMap((each) => textsIn(each, depth + 1));
}

/** The globs of `workspaces`, in either form. */
export function workspaceGlobs(manifest: Record<string, unknown>): readonly string[] {
  const given = manifest['workspaces'];
  const list = Array.isArray(given)
    ? given
    : typeof given === 'object' && given !== null
      ? (given as { packages?: unknown }).packages
      : [];
  return textMembers(list);
}
