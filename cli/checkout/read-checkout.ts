import { realpath, stat } from 'node:fs/promises';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { oneLine } from '../../subgraphs/traceability/domain/index.js';
import { toFacts, type CheckoutFacts, type NamedFacts } from './facts.js';
import { askGit, whyGitRefuses, type GitFacts } from './git-command.js';
import { readGitFolder } from './git-folder.js';
import { listUncommitted } from './git-history.js';
import { listCandidates } from './list-candidates.js';
import { readEntries, type CheckoutEntry } from './read-entries.js';
import { readSources, type CheckoutSources } from './read-sources.js';
import { stateHashOf } from './state-hash.js';

export interface CheckoutOptions extends NamedFacts {
  readonly maxFileBytes?: number;
  /** False reads `.git` without the git executable, as on a machine that has none. */
  readonly useGitCommand?: boolean;
}

export interface Checkout {
  readonly facts: CheckoutFacts;
  /** Files that may be artifacts: how far `entries` can go, for a progress bar. */
  readonly candidateCount: number;
  /** In order of path. Reads as it is iterated, and can be iterated again. */
  readonly entries: AsyncIterable<CheckoutEntry>;
  /** The sources that the artifacts found speak of. */
  /** Those of the paths that differ from the commit, or aren't in it; all of them where git can't be asked. */
  changedFiles(paths: readonly string[]): Promise<readonly string[]>;
  /** `system_state_hash` of `src/` at the root; null when there is none. */
  stateHash(): Promise<string | null>;
  readSources(entries: readonly CheckoutEntry[]): Promise<CheckoutSources>;
}

/** Reads the repository and commit of a folder and finds its artifact files. Throws a StartupError that says what to do. */
export async function readCheckout(folder: string, options: CheckoutOptions = {}): Promise<Checkout> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new StartupError(`${folder} is not a folder.`);
  const root = await realpath(folder);
  const asked = options.useGitCommand === false ? null : await askGit(root);
  const git = asked ?? (await readGitFolder(root));
  const own = git !== null && (await realpath(git.root)) === root ? git : null;
  if (own === null && git !== null) assertNamed(git, options, folder);
  if (asked === null && git !== null && options.useGitCommand !== false) await assertReadable(root, folder);
  if (own !== null) assertWhole(own, folder);
  const facts = toFacts(own, options, folder);
  const hasGit = own !== null && own === asked;
  const candidates = await listCandidates(root, hasGit);
  return {
    facts,
    candidateCount: candidates.paths.length,
    changedFiles: async (paths) => (hasGit ? listUncommitted(root, paths) : paths),
    stateHash: () => stateHashOf(root, candidates.sources),
    readSources: (entries) => readSources({ root, candidates, hasGit, entries }),
    entries: { [Symbol.asyncIterator]: () => readEntries(root, candidates, options.maxFileBytes) },
  };
}

/** Without git's word on what is ignored, everything in the folder would count. */
async function assertReadable(root: string, folder: string): Promise<void> {
  const refusal = await whyGitRefuses(root);
  if (refusal === null) return;
  throw new StartupError(
    `git refuses to read ${folder}: ${oneLine(refusal, 200)}. If you trust the folder: git config --global --add safe.directory ${root}`,
  );
}

/** What isn't there would be taken for removed. */
function assertWhole({ isSparse, isPartial }: GitFacts, folder: string): void {
  if (isSparse) {
    throw new StartupError(
      `${folder} is a sparse checkout: artifacts that it leaves out would count as removed. Run git sparse-checkout disable there, or scan a full checkout.`,
    );
  }
  if (isPartial) {
    throw new StartupError(
      `${folder} is a partial clone: what it lacks would be fetched, or taken for unknown. Clone it without --filter.`,
    );
  }
}

/** A scan is the whole truth of a commit: the artifacts of one folder would remove all others of the repository. */
function assertNamed(git: GitFacts, named: NamedFacts, folder: string): void {
  if (named.repository !== undefined && named.commit !== undefined) return;
  throw new StartupError(
    `${folder} is a part of the repository at ${git.root}: scan that folder, or name this one with --repository owner/name and --commit <sha>.`,
  );
}
