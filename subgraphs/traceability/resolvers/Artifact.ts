/** Artifacts of any kind, wherever a field answers one. */
import type { RequestContext } from '../../kernel/context.js';
import type { FieldResolver, Row } from '../../kernel/read/index.js';
import { artifactMaps } from '../entities.js';
import type { ArtifactKind } from '../domain/index.js';
import { ArtifactReader } from '../repository/artifact.js';

export const artifacts = new ArtifactReader(artifactMaps);

/** The artifact whose columns the row carries; `kind` is fixed, or the row's `_kind` column of that name. */
export function carriedArtifact(source: {
  prefix: string;
  kind: ArtifactKind | { readonly column: string };
}): FieldResolver<Row, unknown, Row | null> {
  const { prefix, kind } = source;
  return (row: Row, _args: unknown, context: RequestContext, info) =>
    artifacts.carried(
      row,
      { prefix, kind: typeof kind === 'string' ? kind : (row[`_${kind.column}`] as ArtifactKind) },
      context,
      info,
    );
}
