import type { FieldResolver, Row } from '../../kernel/read/index.js';
import type { ArtifactTable } from '../repository/artifact-tables.js';
import { artifacts } from './Artifact.js';

interface Payload {
  readonly artifact?: { readonly table: ArtifactTable; readonly key: string };
}

/** Read after the commit, as any entity of a payload. */
const artifact: FieldResolver<Payload, unknown, Row | null> = ({ artifact: changed }, _args, context, info) =>
  changed === undefined ? null : artifacts.load(changed.table.type, changed.key, context, info);

export const ValidationStatusChangePayload = { artifact };
