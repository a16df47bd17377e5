/** What a delivery asks for, in our words; null for everything that is acknowledged and ignored. */
import { z } from 'zod';

export interface PushedCommit {
  readonly commitSha: string;
  readonly commitMessage: string | null;
  readonly commitAuthor: string | null;
  readonly branch: string;
  /** Where the branch was before; null for one that is new. */
  readonly baseSha: string | null;
  readonly pullRequest: number | null;
}

export interface RepeatedAudit {
  readonly commitSha: string;
  readonly branch: string | null;
  /** Null: that of the commit. */
  readonly auditRunId: string | null;
}

export type Request =
  | { readonly kind: 'audit'; readonly githubRepoId: number; readonly commit: PushedCommit }
  | { readonly kind: 'repeat'; readonly githubRepoId: number; readonly audit: RepeatedAudit }
  | { readonly kind: 'branchGone'; readonly githubRepoId: number; readonly branch: string }
  | { readonly kind: 'hook'; readonly githubRepoId: number; readonly hookId: number; readonly isActive: boolean }
  | { readonly kind: 'rename'; readonly githubRepoId: number; readonly fullName: string }
  | { readonly kind: 'disconnect'; readonly githubRepoId: number }
  | { readonly kind: 'activate'; readonly githubRepoIds: readonly number[]; readonly isActive: boolean }
  | { readonly kind: 'activateOwner'; readonly owner: string; readonly isActive: boolean };

const id = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const repository = z.object({ id, full_name: z.string() });
/** Each once, however often it is named. */
const repositories = z
  .array(z.object({ id }))
  .max(10_000)
  .transform((list) => [...new Set(list.map((each) => each.id))]);
const author = z.object({ name: z.string().nullish(), username: z.string().nullish() });

const sha = z.string().regex(/^[0-9a-f]{40}$/i);
const push = z.object({
  ref: z.string(),
  before: sha.optional(),
  deleted: z.boolean().optional(),
  repository,
  head_commit: z.object({ id: sha, message: z.string().nullish(), author: author.nullish() }).nullish(),
});
const pullRequest = z.object({
  repository,
  changes: z.object({ base: z.unknown().optional() }).optional(),
  pull_request: z.object({
    number: z.number().int().min(1).max(2_147_483_647),
    title: z.string().nullish(),
    user: z.object({ login: z.string() }).nullish(),
    head: z.object({ sha, ref: z.string(), label: z.string().nullish(), repo: z.object({ id }).nullish() }),
    base: z.object({ sha }),
  }),
});
const checkRun = z.object({
  repository,
  check_run: z.object({
    head_sha: sha,
    external_id: z.uuid().nullish().catch(null),
    check_suite: z.object({ head_branch: z.string().nullish() }).nullish(),
  }),
});
const checkSuite = z.object({
  repository,
  check_suite: z.object({ head_sha: sha, head_branch: z.string().nullish() }),
});
const ping = z.object({ repository, hook: z.object({ id, active: z.boolean() }) });
const repositoryChange = z.object({ repository });
const installation = z.object({
  installation: z.object({ account: z.object({ login: z.string().regex(/^[\w-]{1,100}$/) }) }),
  repositories: repositories.optional(),
});
const installationRepositories = z.object({ repositories_added: repositories, repositories_removed: repositories });

/** Longest texts that are kept of a commit, as their columns are. */
const longest = { message: 10_000, author: 255, branch: 255 };

export function toRequests(event: string, action: string | null, payload: unknown): readonly Request[] {
  switch (event) {
    case 'push':
      return ofPush(payload);
    case 'pull_request':
      return ofPullRequest(action, payload);
    case 'check_run':
      return action === 'rerequested' ? ofCheckRun(payload) : [];
    case 'check_suite':
      return action === 'rerequested' ? ofCheckSuite(payload) : [];
    case 'ping': {
      const { data } = ping.safeParse(payload);
      if (data === undefined) return [];
      return [{ kind: 'hook', githubRepoId: data.repository.id, hookId: data.hook.id, isActive: data.hook.active }];
    }
    case 'repository':
      return ofRepository(action, payload);
    case 'installation':
      return ofInstallation(action, payload);
    case 'installation_repositories': {
      const { data } = installationRepositories.safeParse(payload);
      if (data === undefined) return [];
      return [
        { kind: 'activate', githubRepoIds: data.repositories_added, isActive: true },
        { kind: 'activate', githubRepoIds: data.repositories_removed, isActive: false },
      ];
    }
    default:
      return [];
  }
}

/** A pushed tag is no commit of its own, and a deleted branch has none. Its base is what it was, also when that is pushed away. */
function ofPush(payload: unknown): readonly Request[] {
  const { data } = push.safeParse(payload);
  const branch = toStored(/^refs\/heads\/(.+)$/s.exec(data?.ref ?? '')?.[1], longest.branch);
  if (data === undefined || branch === null) return [];
  const githubRepoId = data.repository.id;
  if (data.deleted === true) return [{ kind: 'branchGone', githubRepoId, branch }];
  const head = data.head_commit;
  if (head == null) return [];
  const commit: PushedCommit = {
    commitSha: head.id.toLowerCase(),
    commitMessage: toStored(head.message, longest.message),
    commitAuthor: toStored(head.author?.name ?? head.author?.username, longest.author),
    branch,
    // All zeros are GitHub's word for a branch that was not there.
    baseSha: data.before === undefined || /^0+$/.test(data.before) ? null : data.before.toLowerCase(),
    pullRequest: null,
  };
  return [{ kind: 'audit', githubRepoId, commit }];
}

/** What a pull request would add, whenever that changes. One from a fork brings a branch of another repository. */
function ofPullRequest(action: string | null, payload: unknown): readonly Request[] {
  const { data } = pullRequest.safeParse(payload);
  if (data === undefined) return [];
  const isChanged = ['opened', 'reopened', 'synchronize'].includes(action ?? '');
  if (!isChanged && !(action === 'edited' && data.changes?.base !== undefined)) return [];
  const { number, title, user, head, base } = data.pull_request;
  const isOwn = head.repo?.id === data.repository.id;
  const commit: PushedCommit = {
    commitSha: head.sha.toLowerCase(),
    commitMessage: toStored(title, longest.message),
    commitAuthor: toStored(user?.login, longest.author),
    branch: toStored(isOwn ? head.ref : (head.label ?? head.ref), longest.branch) ?? '',
    baseSha: base.sha.toLowerCase(),
    pullRequest: number,
  };
  return [{ kind: 'audit', githubRepoId: data.repository.id, commit }];
}

/** The button beside a check. GitHub tells it the App alone that made the check. */
function ofCheckRun(payload: unknown): readonly Request[] {
  const { data } = checkRun.safeParse(payload);
  if (data === undefined) return [];
  const { head_sha: commitSha, external_id: auditRunId, check_suite: suite } = data.check_run;
  return [
    repeated(data.repository.id, { commitSha, branch: suite?.head_branch ?? null, auditRunId: auditRunId ?? null }),
  ];
}

/** The button above all checks. */
function ofCheckSuite(payload: unknown): readonly Request[] {
  const { data } = checkSuite.safeParse(payload);
  if (data === undefined) return [];
  const { head_sha: commitSha, head_branch: branch } = data.check_suite;
  return [repeated(data.repository.id, { commitSha, branch: branch ?? null, auditRunId: null })];
}

function repeated(githubRepoId: number, audit: RepeatedAudit): Request {
  const [commitSha, branch] = [audit.commitSha.toLowerCase(), toStored(audit.branch, longest.branch)];
  return { kind: 'repeat', githubRepoId, audit: { ...audit, commitSha, branch } };
}

function toStored(text: string | null | undefined, length: number): string | null {
  return text == null ? null : text.replaceAll('\0', '\ufffd').slice(0, length);
}

function ofRepository(action: string | null, payload: unknown): readonly Request[] {
  const { data } = repositoryChange.safeParse(payload);
  if (data === undefined) return [];
  const { id: githubRepoId, full_name: fullName } = data.repository;
  if (action === 'renamed' || action === 'transferred') return [{ kind: 'rename', githubRepoId, fullName }];
  return action === 'deleted' ? [{ kind: 'disconnect', githubRepoId }] : [];
}

const activeAfter: Readonly<Record<string, boolean>> = {
  created: true,
  unsuspend: true,
  deleted: false,
  suspend: false,
};

/** Without a list of repositories it is about all of the account's. */
function ofInstallation(action: string | null, payload: unknown): readonly Request[] {
  const { data } = installation.safeParse(payload);
  const isActive = activeAfter[action ?? ''];
  if (data === undefined || isActive === undefined) return [];
  if (data.repositories === undefined) {
    return [{ kind: 'activateOwner', owner: data.installation.account.login.toLowerCase(), isActive }];
  }
  return [{ kind: 'activate', githubRepoIds: data.repositories, isActive }];
}
