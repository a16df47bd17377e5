/** Document schemas: each version is a row, and no row changes but for whether it is active. */
import { sql, type Transaction } from '../../kernel/db/index.js';

export interface LatestDocumentSchema {
  readonly id: string;
  readonly version: number;
  readonly documentType: string | null;
  readonly definition: unknown;
}

/** Two that save at once take turns, so that their versions are in the order of their commits. */
export async function lockLatestDocumentSchema(tx: Transaction, name: string): Promise<LatestDocumentSchema | null> {
  await tx.query(sql`/* workflow.lockSchemaName */
    select pg_advisory_xact_lock(hashtextextended('workflow.schema/' || ${name}::text, 0))`);
  const [row] = await tx.query<LatestDocumentSchema>(sql`/* workflow.latestDocumentSchema */
    select id, version, document_type as "documentType", definition from workflow.schemas
    where name = ${name} order by version desc limit 1`);
  return row ?? null;
}

export interface NewDocumentSchema {
  readonly name: string;
  readonly version: number;
  readonly documentType: string | null;
  readonly definition: unknown;
  readonly createdBy: string | null;
}

export async function insertDocumentSchema(
  tx: Transaction,
  { name, version, documentType, definition, createdBy }: NewDocumentSchema,
): Promise<string> {
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertDocumentSchema */
    insert into workflow.schemas (name, version, document_type, definition, created_by)
    values (${name}, ${version}::int4, ${documentType}::workflow.work_item_type, ${sql.json(definition)}::jsonb,
      ${createdBy}) returning id`);
  if (row === undefined) throw new Error('a document schema was not stored');
  return row.id;
}

/** Answers whether it was otherwise before; null when there is none. */
export async function updateDocumentSchemaActive(
  tx: Transaction,
  id: string,
  isActive: boolean,
): Promise<boolean | null> {
  const [row] = await tx.query<{ changed: boolean }>(sql`/* workflow.setDocumentSchemaActive */
    update workflow.schemas s set is_active = ${isActive} from workflow.schemas old
    where s.id = ${id}::uuid and old.id = s.id returning old.is_active <> s.is_active as changed`);
  return row?.changed ?? null;
}
