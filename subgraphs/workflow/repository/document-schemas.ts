/** Document schemas: versions of what documents look like, and what a version breaks of the one before. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import { userError, UserErrors } from '../../kernel/errors/index.js';
import { assertVersion, canonicalJson, write, type Writer, type Written } from '../../kernel/write/index.js';
import { findBreakingChanges } from '../domain/schema-compatibility.js';
import { assertDefinition, fromPointer } from '../domain/schema-content.js';
import type { SchemaProblem } from '../domain/schema-definition.js';
import { assertName } from '../domain/text-limits.js';

export interface DocumentSchemaInput {
  readonly name: string;
  readonly documentType?: string | null;
  /** As the caller sent it. */
  readonly definition: unknown;
  readonly allowBreaking?: boolean | null;
  readonly expectedVersion?: number | null;
}

export interface SavedSchema {
  readonly documentSchema: string;
  /** What documents of the version before may no longer meet, by its path. */
  readonly breakingChanges: readonly SchemaProblem[];
}

/** The same again answers the latest version. What breaks documents of the latest is refused, unless it is allowed. */
export function saveDocumentSchema(writer: Writer, input: DocumentSchemaInput): Promise<Written<SavedSchema>> {
  return write(writer, { operation: 'documentSchemaSave' }, async (tx) => {
    const { name, documentType = null, definition } = input;
    assertName('name', name);
    await assertDefinition(['definition'], definition);
    const latest = await lockLatest(tx, name);
    if (input.expectedVersion != null)
      assertVersion({ expected: input.expectedVersion, current: latest?.version ?? 0 });
    const isSame = canonicalJson(latest?.definition ?? null) === canonicalJson(definition);
    if (latest !== null && latest.documentType === documentType && isSame)
      return { documentSchema: latest.id, breakingChanges: [] };
    const breakingChanges = latest === null ? [] : findBreakingChanges(latest.definition, definition);
    if (breakingChanges.length > 0 && input.allowBreaking !== true) throw toUserErrors(breakingChanges);
    const version = (latest?.version ?? 0) + 1;
    const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertDocumentSchema */
      insert into workflow.schemas (name, version, document_type, definition, created_by)
      values (${name}, ${version}::int4, ${documentType}::workflow.work_item_type, ${sql.json(definition)}::jsonb,
        ${writer.auth.subject}) returning id`);
    if (row === undefined) throw new Error('a document schema was not stored');
    const details = { name, version, breakingChanges: breakingChanges.length };
    tx.record({ type: 'DocumentSchema', key: row.id, action: 'documentSchemaSaved', details });
    return { documentSchema: row.id, breakingChanges };
  });
}

/** Whether templates and orders may name it; items that were held against it stay. */
export function setDocumentSchemaActive(
  writer: Writer,
  id: string,
  isActive: boolean,
): Promise<Written<{ documentSchema: string }>> {
  return write(writer, { operation: 'documentSchemaActiveSet' }, async (tx) => {
    const [row] = await tx.query<{ changed: boolean }>(sql`/* workflow.setDocumentSchemaActive */
      update workflow.schemas s set is_active = ${isActive} from workflow.schemas old
      where s.id = ${id}::uuid and old.id = s.id returning old.is_active <> s.is_active as changed`);
    if (row === undefined) throw userError('NOT_FOUND', 'documentSchemaId', 'There is no such document schema.');
    if (row.changed)
      tx.record({
        type: 'DocumentSchema',
        key: id,
        action: isActive ? 'documentSchemaActivated' : 'documentSchemaDeactivated',
      });
    return { documentSchema: id };
  });
}

const mostReported = 100;

function toUserErrors(changes: readonly SchemaProblem[]): UserErrors {
  return new UserErrors(
    changes.slice(0, mostReported).flatMap(({ path, message }) => {
      const text = `Documents of the version before may not meet this one: it ${message}. allowBreaking takes it all the same.`;
      return userError('CONFLICT', ['definition', ...fromPointer(path)], text).userErrors;
    }),
  );
}

interface LatestSchema {
  readonly id: string;
  readonly version: number;
  readonly documentType: string | null;
  readonly definition: unknown;
}

/** Two that save at once take turns, so that their versions are in the order of their commits. */
async function lockLatest(tx: Transaction, name: string): Promise<LatestSchema | null> {
  await tx.query(sql`/* workflow.lockSchemaName */
    select pg_advisory_xact_lock(hashtextextended('workflow.schema/' || ${name}::text, 0))`);
  const [row] = await tx.query<LatestSchema>(sql`/* workflow.latestDocumentSchema */
    select id, version, document_type as "documentType", definition from workflow.schemas
    where name = ${name} order by version desc limit 1`);
  return row ?? null;
}
