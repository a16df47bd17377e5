/** Deliveries of GitHub, each taken once, with what it does in the same transaction. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import { write, type Writer, type WriteTransaction } from '../../kernel/write/index.js';
import { assertNever } from '../../kernel/errors/index.js';
import type { Request } from '../webhook/delivery.js';
import { resolveFindingsOfBranch } from './audit-findings.js';
import { joinOrInsertAuditRun, repeatAuditRun } from './audit-runs.js';
import {
  lockRepositoryByGithubId,
  nameTaken,
  renameRepository,
  updateWebhook,
  type LockedRepository,
} from './repositories.js';

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly action: string | null;
  readonly requests: readonly Request[];
}

/** `UNKNOWN` left nothing behind: none of it is about a connected repository. */
export type DeliveryOutcome = 'ACCEPTED' | 'IGNORED' | 'FAILED' | 'REPLAYED' | 'UNKNOWN';

export async function takeDelivery(writer: Writer, delivery: Delivery): Promise<DeliveryOutcome> {
  const taken = await write(writer, { operation: 'githubWebhook', constraints: nameTaken }, (tx) =>
    apply(tx, delivery),
  );
  if (taken.outcome !== undefined) return taken.outcome;
  // It contradicts what is stored, e.g. a new name that another repository still has: kept for whoever looks into it.
  const detail = taken.userErrors.map(({ message }) => message).join(' ');
  const kept = await write(writer, { operation: 'githubWebhook' }, async (tx) => ({
    isNew: await insertDelivery(tx, delivery, { repository: null, outcome: 'FAILED', detail }),
  }));
  return kept.isNew === true ? 'FAILED' : 'REPLAYED';
}

async function apply(tx: WriteTransaction, delivery: Delivery): Promise<{ outcome: DeliveryOutcome }> {
  const targets = await resolve(tx, delivery.requests);
  const [first] = targets;
  if (first === undefined) return { outcome: 'UNKNOWN' };
  // One that waits for the audit of an inactive repository is told apart, so that a person can see why nothing happened.
  const isIgnored = targets.every(({ request, repository }) => isOfAudit(request) && !repository.webhookActive);
  const isNew = await insertDelivery(tx, delivery, {
    repository: first.repository.fullName,
    outcome: isIgnored ? 'IGNORED' : 'ACCEPTED',
    detail: isIgnored ? 'The repository is not active.' : null,
  });
  if (!isNew) return { outcome: 'REPLAYED' };
  if (isIgnored) return { outcome: 'IGNORED' };
  for (const { request, repository } of targets) await carryOut(tx, request, repository, delivery.id);
  return { outcome: 'ACCEPTED' };
}

function isOfAudit({ kind }: Request): boolean {
  return kind === 'audit' || kind === 'repeat';
}

interface Target {
  readonly request: Request;
  readonly repository: LockedRepository;
}

/** Locked by their numbers in ascending order: two deliveries about the same repositories never wait for each other. */
async function resolve(tx: Transaction, requests: readonly Request[]): Promise<Target[]> {
  const wanted: { githubRepoId: number; request: Request }[] = [];
  for (const request of requests) {
    const ids = request.kind === 'activate' ? request.githubRepoIds : await idsOf(tx, request);
    wanted.push(...ids.map((githubRepoId) => ({ githubRepoId, request })));
  }
  const targets: Target[] = [];
  for (const { githubRepoId, request } of wanted.sort((a, b) => a.githubRepoId - b.githubRepoId)) {
    const repository = await lockRepositoryByGithubId(tx, githubRepoId);
    if (repository !== null) targets.push({ request, repository });
  }
  return targets;
}

async function idsOf(tx: Transaction, request: Exclude<Request, { kind: 'activate' }>): Promise<readonly number[]> {
  if (request.kind !== 'activateOwner') return [request.githubRepoId];
  const rows = await tx.query<{ id: number }>(sql`/* builds.githubIdsByOwner */
    select github_repo_id as id from builds.repos where starts_with(repository_full_name, ${`${request.owner}/`})`);
  return rows.map((row) => row.id);
}

async function carryOut(
  tx: WriteTransaction,
  request: Request,
  repository: LockedRepository,
  deliveryId: string,
): Promise<void> {
  switch (request.kind) {
    case 'audit':
      await joinOrInsertAuditRun(tx, repository, request.commit, deliveryId);
      return;
    case 'repeat':
      await repeatAuditRun(tx, repository, request.audit, deliveryId);
      return;
    case 'branchGone':
      await resolveFindingsOfBranch(tx, repository.id, request.branch);
      return;
    case 'hook':
      await updateWebhook(tx, repository, { webhookId: request.hookId, webhookActive: request.isActive });
      return;
    case 'rename': {
      const renamed = await renameRepository(tx, repository, request.fullName);
      await tx.query(sql`/* builds.renameDeliveries */
        update builds.webhook_deliveries set repository_full_name = ${renamed}
        where repository_full_name = ${repository.fullName}`);
      return;
    }
    case 'disconnect':
      await updateWebhook(tx, repository, { webhookActive: false });
      return;
    case 'activate':
    case 'activateOwner':
      await updateWebhook(tx, repository, { webhookActive: request.isActive });
      return;
    default:
      assertNever(request);
  }
}

/** False for one that was taken before; waits for a transaction that is just taking it. */
async function insertDelivery(
  tx: Transaction,
  { id, event, action }: Delivery,
  came: {
    readonly repository: string | null;
    readonly outcome: 'ACCEPTED' | 'IGNORED' | 'FAILED';
    readonly detail: string | null;
  },
): Promise<boolean> {
  const rows = await tx.query(sql`/* builds.insertDelivery */
    insert into builds.webhook_deliveries (delivery_id, event, action, repository_full_name, outcome, detail)
    values (${id}, ${event}, ${action}, ${came.repository}, ${came.outcome}, ${came.detail})
    on conflict (delivery_id) do nothing returning true`);
  return rows.length > 0;
}
