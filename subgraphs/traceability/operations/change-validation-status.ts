/** The life of an artifact, one step at a time. */
import { userError } from '../../kernel/errors/index.js';
import { assertTransition, write, type Writer, type Written } from '../../kernel/write/index.js';
import type { ValidationStatus } from '../domain/index.js';
import type { ArtifactTable } from '../repository/artifact-tables.js';
import { lockArtifact, updateValidationStatus } from '../repository/validation-status.js';

/** The state machine of every kind of artifact. */
export const validationTransitions: Readonly<Record<ValidationStatus, readonly ValidationStatus[]>> = {
  DRAFT: ['IN_REVIEW', 'RETIRED'],
  IN_REVIEW: ['APPROVED', 'REJECTED', 'DRAFT', 'RETIRED'],
  APPROVED: ['VALIDATED', 'IN_REVIEW', 'RETIRED'],
  VALIDATED: ['IN_REVIEW', 'RETIRED'],
  REJECTED: ['DRAFT', 'RETIRED'],
  RETIRED: ['DRAFT'],
};

export interface StatusChange {
  readonly table: ArtifactTable;
  readonly key: string;
  readonly to: ValidationStatus;
  readonly note: string | null;
  /** Of the file that was reviewed; null takes it as it is now. */
  readonly contentHash: string | null;
}

const maxNoteLength = 2_000;

export function changeValidationStatus(
  writer: Writer,
  { table, key, to, note, contentHash }: StatusChange,
): Promise<Written<{ artifact: { readonly table: ArtifactTable; readonly key: string } }>> {
  return write(writer, { operation: 'validationStatusChange' }, async (tx) => {
    if (note !== null && (note.length > maxNoteLength || note.includes('\0'))) {
      throw userError('VALIDATION', 'note', `A note may have ${maxNoteLength} characters.`);
    }
    const current = await lockArtifact(tx, table, key);
    if (current === null) throw userError('NOT_FOUND', 'artifactId', 'There is no such artifact.');
    if (contentHash !== null && contentHash !== current.contentHash) {
      throw userError('CONFLICT', 'contentHash', 'The file has changed since it was reviewed. Read it again.');
    }
    assertTransition({ transitions: validationTransitions, from: current.status, to, field: 'to' });
    await updateValidationStatus(tx, table, { key, to });
    tx.record({
      type: table.type,
      key,
      action: 'validationStatusChanged',
      repository: current.fullName,
      details: {
        validationStatus: [current.status, to],
        contentHash: current.contentHash,
        ...(note !== null && { note }),
      },
    });
    return { artifact: { table, key } };
  });
}
