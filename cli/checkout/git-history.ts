/** What git knows of earlier commits: only commits and trees are compared, so that no filter of the checkout is run. */
import { git } from './git-command.js';

const compared = ['diff', '--no-ext-diff', '--no-textconv', '-z'] as const;

/** The paths that differ between a commit and the one checked out; null when the checkout doesn't have the commit. */
export async function listChangedPaths(root: string, commit: string): Promise<ReadonlySet<string> | null> {
  if (!(await git(root, ['rev-parse', '--verify', '--quiet', `${commit}^{commit}`]))) return null;
  const output = await git(root, [...compared, '--name-only', '--no-renames', commit, 'HEAD', '--']);
  return output === null ? null : new Set(output.split('\0').filter((path) => path !== ''));
}

/** Markdown files that had another name at the commit: the old one by the new one. */
export async function listRenamedFiles(root: string, commit: string): Promise<ReadonlyMap<string, string>> {
  const args = [...compared, '--name-status', '-M', '--diff-filter=R', commit, 'HEAD', '--', '*.md'];
  const parts = (await git(root, args))?.split('\0') ?? [];
  const renamed = new Map<string, string>();
  for (let at = 0; at + 2 < parts.length; at += 3) renamed.set(parts[at + 2] ?? '', parts[at + 1] ?? '');
  return renamed;
}

/** A text file as it was; null when it wasn't there. */
export async function readFileAt(root: string, commit: string, path: string): Promise<string | null> {
  return git(root, ['show', '--no-textconv', `${commit}:${path}`]);
}

/** Those of the paths that are not as the commit has them, or not in it at all. */
export async function listUncommitted(root: string, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return [];
  const literal = ['--literal-pathspecs', 'status', '--porcelain', '-z', '--no-renames', '--ignored', '--', ...paths];
  const output = await git(root, literal);
  if (output === null) return paths;
  return output
    .split('\0')
    .filter((entry) => entry.length > 3)
    .map((entry) => entry.slice(3));
}
