import type { RequestContext } from '../../kernel/context.js';
import type { FieldResolver, Row } from '../../kernel/read/index.js';
import type { ArtifactKind } from '../domain/index.js';
import { artifacts } from './Artifact.js';

/** One end of the link. */
function end(columns: { kind: string; repository: string; gxpId: string }): FieldResolver<Row, unknown, Row | null> {
  return (row, _args, context: RequestContext, info) => {
    const repositoryId = row[columns.repository] as string | null;
    const kind = row[columns.kind] as ArtifactKind | null;
    if (repositoryId === null || kind === null) return null;
    return artifacts.loadByGxpId({ kind, repositoryId, gxpId: String(row[columns.gxpId]) }, context, info);
  };
}

export const TraceabilityLink = {
  source: end({ kind: '_source_kind', repository: '_source_repository_id', gxpId: '_source_id' }),
  target: end({ kind: '_target_kind', repository: '_repository_id', gxpId: '_target_id' }),
};
