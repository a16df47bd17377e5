import { MalformedId } from '../../../kernel/errors/index.js';
import { parseGlobalId, uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import type { Written } from '../../../kernel/write/index.js';
import { findArtifactTableByType, type ArtifactTable } from '../../repository/artifact-tables.js';
import { changeValidationStatus, type StatusChange } from '../../operations/change-validation-status.js';

interface Input {
  readonly artifactId: string;
  readonly to: StatusChange['to'];
  readonly note?: string | null;
  readonly contentHash?: string | null;
}

type Payload = Written<{ artifact: { readonly table: ArtifactTable; readonly key: string } }>;

export const validationStatusChange: FieldResolver<unknown, { input: Input }, Payload> = (
  _root,
  { input: { artifactId, to, note = null, contentHash = null } },
  context,
) => {
  const { type } = parseGlobalId(artifactId);
  const table = findArtifactTableByType(type);
  if (table === null) throw new MalformedId(artifactId, `Expected the id of an artifact, got one of type ${type}.`);
  return changeValidationStatus(context, { table, key: uuidOfType(artifactId, type), to, note, contentHash });
};
