/** Repositories: found and locked for a change. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { RepositoryName } from './repository-fields.js';

export interface StoredRepository {
  readonly id: string;
  readonly fullName: string;
  readonly isActive: boolean;
}

const columns = sql`id, full_name as "fullName", is_active as "isActive"`;
type Found = StoredRepository & Record<string, unknown>;

export async function findRepositoryByFullName(db: Queryable, fullName: string): Promise<StoredRepository | null> {
  const [row] = await db.query<Found>(sql`/* traceability.repositoryByFullName */
    select ${columns} from traceability.repositories where full_name = ${fullName}`);
  return row ?? null;
}

/** Whatever changes a repository's artifacts or keys holds its row: two scans of one repository take turns. */
export async function lockRepositoryByFullName(tx: Transaction, fullName: string): Promise<StoredRepository | null> {
  const [row] = await tx.query<Found>(sql`/* traceability.lockRepositoryByFullName */
    select ${columns} from traceability.repositories where full_name = ${fullName} for no key update`);
  return row ?? null;
}

export async function lockRepositoryById(tx: Transaction, id: string): Promise<StoredRepository> {
  const [row] = await tx.query<Found>(sql`/* traceability.lockRepositoryById */
    select ${columns} from traceability.repositories where id = ${id} for no key update`);
  if (row === undefined) throw new Error(`no repository ${id}`);
  return row;
}

export interface NewRepository extends RepositoryName {
  readonly name: string;
  readonly gitUrl: string;
  readonly defaultBranch: string;
}

/** Null when there is one of that name already; waits for a transaction that is about to make it. */
export async function insertRepository(tx: Transaction, given: NewRepository): Promise<StoredRepository | null> {
  const [row] = await tx.query<Found>(sql`/* traceability.insertRepository */
    insert into traceability.repositories (name, git_url, owner, repo, default_branch)
    values (${given.name}, ${given.gitUrl}, ${given.owner}, ${given.repo}, ${given.defaultBranch})
    on conflict (full_name) do nothing returning ${columns}`);
  return row ?? null;
}
