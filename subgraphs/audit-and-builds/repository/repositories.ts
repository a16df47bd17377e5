/** Connected repositories and the state of their webhooks. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written, type WriteTransaction } from '../../kernel/write/index.js';
import { assertFullName, assertRemoteUrl, assertText } from '../domain/limits.js';
import { noteWebhook } from './github-tasks.js';

export interface LockedRepository {
  readonly id: string;
  readonly fullName: string;
  readonly webhookActive: boolean;
}

const columns = sql`id, repository_full_name as "fullName", webhook_active as "webhookActive"`;

export async function lockRepositoryByFullName(tx: Transaction, fullName: string): Promise<LockedRepository | null> {
  const [row] = await tx.query<LockedRepository>(sql`/* builds.lockRepositoryByFullName */
    select ${columns} from builds.repos where repository_full_name = ${fullName.toLowerCase()} for no key update`);
  return row ?? null;
}

/** By GitHub's number: it is the same after a rename or transfer whose delivery was missed. */
export async function lockRepositoryByGithubId(
  tx: Transaction,
  githubRepoId: number,
): Promise<LockedRepository | null> {
  const [row] = await tx.query<LockedRepository>(sql`/* builds.lockRepositoryByGithubId */
    select ${columns} from builds.repos where github_repo_id = ${githubRepoId} for no key update`);
  return row ?? null;
}

/** Throws NOT_FOUND. The row is held until the transaction ends. */
export async function lockConnected(
  tx: Transaction,
  fullName: string,
  field = 'repositoryId',
): Promise<LockedRepository> {
  const repository = await lockRepositoryByFullName(tx, fullName);
  if (repository === null) throw userError('NOT_FOUND', field, 'There is no such connected repository.');
  return repository;
}

export interface ConnectInput {
  readonly login: string;
  readonly githubRepoId: number | bigint | string;
  readonly fullName: string;
  readonly defaultBranch?: string | null;
  readonly webhookId?: number | bigint | string | null;
  readonly webhookActive?: boolean | null;
  readonly remoteUrl?: string | null;
}

export const nameTaken = {
  repos_repository_full_name_key: userError(
    'ALREADY_EXISTS',
    'fullName',
    'Another repository is connected under this name.',
  ),
};

type Changed = Promise<Written<{ repository: string }>>;

export function connectRepository(writer: Writer, input: ConnectInput): Changed {
  return write(writer, { operation: 'repositoryConnect', constraints: nameTaken }, async (tx) => {
    assertFullName('fullName', input.fullName);
    const defaultBranch = input.defaultBranch ?? 'main';
    assertText('defaultBranch', defaultBranch, { max: 255 });
    if (input.remoteUrl != null) assertRemoteUrl('remoteUrl', input.remoteUrl);
    const webhookActive = input.webhookActive ?? true;
    const [repository] = await tx.query<{
      id: string;
      fullName: string;
      isNew: boolean;
      isElsewhere: boolean;
    }>(sql`/* builds.connectRepository */
      insert into builds.repos (user_id, github_repo_id, full_name, default_branch, webhook_id, webhook_active, remote_url)
      select id, ${String(input.githubRepoId)}::bigint, ${input.fullName}, ${defaultBranch},
        ${input.webhookId == null ? null : String(input.webhookId)}::bigint, ${webhookActive},
        ${input.remoteUrl ?? null}
      from builds.users where login = ${input.login}
      on conflict (github_repo_id) do update set user_id = excluded.user_id, full_name = excluded.full_name,
        default_branch = excluded.default_branch, webhook_id = coalesce(excluded.webhook_id, repos.webhook_id),
        webhook_active = excluded.webhook_active,
        remote_url = coalesce(excluded.remote_url, repos.remote_url)
      returning id, repository_full_name as "fullName", xmax = 0 as "isNew", remote_url is not null as "isElsewhere"`);
    if (repository === undefined) throw userError('NOT_FOUND', 'userId', 'There is no such user.');
    noteRepository(tx, repository.fullName, repository.isNew ? 'repositoryConnected' : 'repositoryReconnected', {
      githubRepoId: String(input.githubRepoId),
      webhookActive,
    });
    if (webhookActive && input.webhookId == null && !repository.isElsewhere) await noteWebhook(tx, repository.id, true);
    return { repository: repository.fullName };
  });
}

export function disconnectRepository(writer: Writer, fullName: string): Changed {
  return write(writer, { operation: 'repositoryDisconnect' }, async (tx) => {
    const repository = await lockConnected(tx, fullName);
    const [row] = await tx.query<{ isElsewhere: boolean }>(sql`/* builds.disconnectRepository */
      update builds.repos set webhook_active = false where id = ${repository.id}::uuid returning remote_url is not null as "isElsewhere"`);
    if (row?.isElsewhere === false) await noteWebhook(tx, repository.id, false);
    noteRepository(tx, repository.fullName, 'repositoryDisconnected', {
      webhookActive: [repository.webhookActive, false],
    });
    return { repository: repository.fullName };
  });
}

export interface WebhookChange {
  readonly fullName: string;
  readonly webhookId?: number | bigint | string | null;
  readonly webhookActive: boolean;
}

export function setWebhook(writer: Writer, change: WebhookChange): Changed {
  return write(writer, { operation: 'repositoryWebhookSet' }, async (tx) => {
    const repository = await lockConnected(tx, change.fullName);
    await updateWebhook(tx, repository, change);
    return { repository: repository.fullName };
  });
}

/** Null `webhookId` leaves it as it was. */
export async function updateWebhook(
  tx: WriteTransaction,
  repository: LockedRepository,
  { webhookId = null, webhookActive }: Omit<WebhookChange, 'fullName'>,
): Promise<void> {
  await tx.query(sql`/* builds.updateWebhook */
    update builds.repos set webhook_id = coalesce(${webhookId === null ? null : String(webhookId)}::bigint, webhook_id),
      webhook_active = ${webhookActive} where id = ${repository.id}::uuid`);
  noteRepository(tx, repository.fullName, 'repositoryWebhookSet', {
    webhookActive: [repository.webhookActive, webhookActive],
  });
}

/** Answers the new key of the repository. */
export async function renameRepository(
  tx: WriteTransaction,
  repository: LockedRepository,
  fullName: string,
): Promise<string> {
  assertFullName('fullName', fullName);
  await tx.query(sql`/* builds.renameRepository */
    update builds.repos set full_name = ${fullName} where id = ${repository.id}::uuid`);
  const renamed = fullName.toLowerCase();
  noteRepository(tx, renamed, 'repositoryRenamed', { fullName: [repository.fullName, renamed] });
  return renamed;
}

function noteRepository(
  tx: WriteTransaction,
  fullName: string,
  action: string,
  details: Record<string, unknown>,
): void {
  tx.record({ type: 'Repository', key: fullName, repository: fullName, action, details });
}
