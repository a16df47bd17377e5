import { basename, resolve } from 'node:path';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import type { GitFacts } from './git-command.js';
import { isNetworkRemote, parseRemoteUrl, parseRepositoryName, type RemoteRepository } from './remote-url.js';

/** What a scan is of. */
export interface CheckoutFacts {
  readonly commitSha: string;
  /** `https://host/owner/repo`, without credentials; `https://localhost/local/repo` when there is no remote on a network. */
  readonly remoteUrl: string;
  readonly owner: string;
  readonly repo: string;
  readonly defaultBranch: string;
  /** Null when the checkout is at a commit and on no branch, or is no git repository. */
  readonly branch: string | null;
  /** Whether files differ from the commit; null when nobody can tell without git. */
  readonly dirty: boolean | null;
  /** Whether it was the caller who said which repository it is. */
  readonly isNamed: boolean;
}

export interface NamedFacts {
  /** `owner/repo`, or the URL of its remote. */
  readonly repository?: string;
  readonly commit?: string;
}

/** Puts together what git says and what the caller says; the caller wins. Throws when that is not enough. */
export function toFacts(git: GitFacts | null, named: NamedFacts, folder: string): CheckoutFacts {
  const commitSha = checkCommit(named.commit) ?? git?.commitSha ?? null;
  if (commitSha === null) {
    throw new StartupError(
      git === null
        ? `${folder} is not a git repository: say what it is with --repository owner/name and --commit <sha>.`
        : `The repository at ${folder} has no commit yet: commit first, or name one with --commit <sha>.`,
    );
  }
  const given = named.repository === undefined ? null : parseRepositoryName(named.repository);
  if (named.repository !== undefined && given === null) {
    throw new StartupError('--repository must be owner/name or the URL of a git remote.');
  }
  const understood = given ?? parseRemoteUrl(git?.remoteUrl ?? '');
  if (understood === null && git !== null && isNetworkRemote(git.remoteUrl ?? '')) {
    throw new StartupError(
      `The remote of the repository at ${folder} does not say which repository it is: name it with --repository owner/name.`,
    );
  }
  const remote = understood ?? localRepository(folder);
  if (remote === null) {
    throw new StartupError(
      `The repository at ${folder} has no remote that names an owner and a repository, and its folder's name is none: use --repository owner/name.`,
    );
  }
  return {
    commitSha,
    remoteUrl: remote.url,
    owner: remote.owner,
    repo: remote.repo,
    defaultBranch: git?.defaultBranch ?? 'main',
    branch: git?.branch ?? null,
    dirty: git?.dirty ?? null,
    isNamed: given !== null,
  };
}

/** A repository that was never pushed, or whose remote is a folder of this machine: `local/` and the folder's own name. */
function localRepository(folder: string): RemoteRepository | null {
  return parseRemoteUrl(`https://localhost/local/${basename(resolve(folder))}`);
}

function checkCommit(commit: string | undefined): string | null {
  if (commit === undefined) return null;
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(commit)) {
    throw new StartupError('--commit must be a full commit sha: 40 or 64 hexadecimal digits.');
  }
  return commit.toLowerCase();
}
