/** Document schemas: versions of what documents look like, and what a version breaks of the one before. */
import { userError, UserErrors } from '../../kernel/errors/index.js';
import { assertVersion, canonicalJson, write, type Writer, type Written } from '../../kernel/write/index.js';
import { findBreakingChanges } from '../domain/schema-compatibility.js';
import { assertDefinition, fromPointer } from '../domain/schema-content.js';
import type { SchemaProblem } from '../domain/schema-definition.js';
import { assertName } from '../domain/text-limits.js';
import {
  insertDocumentSchema,
  lockLatestDocumentSchema,
  updateDocumentSchemaActive,
} from '../repository/document-schemas.js';

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
    const latest = await lockLatestDocumentSchema(tx, name);
    if (input.expectedVersion != null)
      assertVersion({ expected: input.expectedVersion, current: latest?.version ?? 0 });
    const isSame = canonicalJson(latest?.definition ?? null) === canonicalJson(definition);
    if (latest !== null && latest.documentType === documentType && isSame)
      return { documentSchema: latest.id, breakingChanges: [] };
    const breakingChanges = latest === null ? [] : findBreakingChanges(latest.definition, definition);
    if (breakingChanges.length > 0 && input.allowBreaking !== true) throw toUserErrors(breakingChanges);
    const version = (latest?.version ?? 0) + 1;
    const createdBy = writer.auth.subject;
    const key = await insertDocumentSchema(tx, { name, version, documentType, definition, createdBy });
    const details = { name, version, breakingChanges: breakingChanges.length };
    tx.record({ type: 'DocumentSchema', key, action: 'documentSchemaSaved', details });
    return { documentSchema: key, breakingChanges };
  });
}

/** Whether templates and orders may name it; items that were held against it stay. */
export function setDocumentSchemaActive(
  writer: Writer,
  id: string,
  isActive: boolean,
): Promise<Written<{ documentSchema: string }>> {
  return write(writer, { operation: 'documentSchemaActiveSet' }, async (tx) => {
    const isChanged = await updateDocumentSchemaActive(tx, id, isActive);
    if (isChanged === null) throw userError('NOT_FOUND', 'documentSchemaId', 'There is no such document schema.');
    if (isChanged)
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
