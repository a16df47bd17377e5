/** What package-lock.json says of what is installed, and under which licences. */
import type { Fault } from './tree.js';

export interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  /** Only ever installed for development. */
  readonly dev?: boolean;
}

export interface LockFile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

/** Addresses in the lock file would send everybody to the registry of whoever wrote it. */
export function resolvedFaults(lock: LockFile): Fault[] {
  return Object.entries(lock.packages)
    .filter(([, { resolved, link }]) => resolved !== undefined && link !== true)
    .map(([path, { resolved }]) => `package-lock.json: ${path} is resolved to ${resolved ?? ''}`);
}

const permissive = new Set(['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD', 'MIT-0']);

/** Other licences in production, each looked at: package → licence and why it is fine. */
export type Exceptions = Readonly<Record<string, { readonly license: string; readonly reason: string }>>;

export function licenceFaults(lock: LockFile, exceptions: Exceptions, readLicence: (path: string) => string): Fault[] {
  const production = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  const faults = production.flatMap(([path, { license }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = license ?? readLicence(path);
    const isFine = isPermissive(licence) || exceptions[name]?.license === licence;
    return isFine ? [] : [`${name} is in production under ${licence === '' ? 'no licence' : licence}`];
  });
  const names = new Set(
    production.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)),
  );
  const stale = Object.keys(exceptions)
    .filter((name) => !names.has(name))
    .map((name) => `the licence exception for ${name} is of no use any more`);
  return [...faults, ...stale];
}

/** SPDX: of `OR` one must do, of `AND` all. */
export function isPermissive(expression: string): boolean {
  const inner = expression.replace(/[()]/g, ' ');
  const isAllowed = (choice: string): boolean => choice.split(/\s+AND\s+/i).every((one) => permissive.has(one.trim()));
  return inner.split(/\s+OR\s+/i).some(isAllowed);
}
