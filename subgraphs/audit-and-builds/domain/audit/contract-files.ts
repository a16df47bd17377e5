/** Where a repository keeps its contracts. */
import type { AuditFile } from './types.js';

/** `contracts/`, at the root or in a folder of it, and the root itself; the first that is there. */
const folders = ['contracts', 'Contracts', 'Forge/Contracts', 'forge/contracts', ''];
const endings = ['.yaml', '.yml', '.json', '.md'];

export type ContractName = 'boundaries' | 'physics';

function candidates(name: ContractName): string[] {
  return folders.flatMap((folder) =>
    // At the root only what nobody takes for something else.
    (folder === '' ? endings.slice(0, 3) : endings).map(
      (ending) => `${folder === '' ? '' : `${folder}/`}${name}${ending}`,
    ),
  );
}

/** Null when there is none. */
export function findContract(files: readonly AuditFile[], name: ContractName): string | null {
  const contents = new Map(files.map(({ path, content }) => [path, content]));
  return candidates(name).flatMap((path) => contents.get(path) ?? [])[0] ?? null;
}

/** Contracts say what is to be, so they are no part of what is. */
export function contractPaths(paths: ReadonlySet<string>): ReadonlySet<string> {
  const known = new Set([...candidates('boundaries'), ...candidates('physics')]);
  return new Set(
    [...paths].filter((path) => known.has(path) || /(?:^|\/)contracts\/(?:physics|boundaries)\.\w+$/i.test(path)),
  );
}
