/** What a delivery asks for, in our words; null for everything that is acknowledged and ignored. */
import { z } from 'zod';

export interface PushedCommit {
  readonly commitSha: string;
  readonly commitMessage: string | null;
  readonly commitAuthor: string | null;
  readonly branch: string;
}

export type Request =
  | { readonly kind: 'audit'; readonly githubRepoId: number; readonly commit: PushedCommit }
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

const push = z.object({
  ref: z.string(),
  deleted: z.boolean().optional(),
  repository,
  head_commit: z
    .object({ id: z.string().regex(/^[0-9a-f]{40}$/i), message: z.string().nullish(), author: author.nullish() })
    .nullish(),
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

/** Pushed tags and deleted branches have no commit of their own to audit. */
function ofPush(payload: unknown): readonly Request[] {
  const { data } = push.safeParse(payload);
  const branch = /^refs\/heads\/(.+)$/s.exec(data?.ref ?? '')?.[1];
  const head = data?.head_commit;
  if (data === undefined || branch === undefined || head == null || data.deleted === true) return [];
  const commit: PushedCommit = {
    commitSha: head.id.toLowerCase(),
    commitMessage: toStored(head.message, longest.message),
    commitAuthor: toStored(head.author?.name ?? head.author?.username, longest.author),
    branch: toStored(branch, longest.branch) ?? '',
  };
  return [{ kind: 'audit', githubRepoId: data.repository.id, commit }];
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
