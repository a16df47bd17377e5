/** What a scan found against what is stored. */
import { canonicalJson } from '../../../kernel/write/index.js';
import type { ArtifactKind, FoundArtifact } from '../../domain/index.js';
import { observedColumns } from '../../repository/ingest/artifact-rows.js';
import type { StoredArtifact } from '../../repository/ingest/store-artifacts.js';

export interface Comparison {
  readonly created: readonly FoundArtifact[];
  readonly changed: readonly { readonly found: FoundArtifact; readonly stored: StoredArtifact }[];
  readonly removed: readonly StoredArtifact[];
  readonly unchangedCount: number;
}

export function compareArtifacts(found: readonly FoundArtifact[], stored: readonly StoredArtifact[]): Comparison {
  const before = new Map(stored.map((artifact) => [keyOf(artifact.kind, artifact.gxpId), artifact]));
  const created: FoundArtifact[] = [];
  const changed: { found: FoundArtifact; stored: StoredArtifact }[] = [];
  let unchangedCount = 0;
  for (const each of found) {
    const key = keyOf(each.artifact.kind, each.artifact.gxpId);
    const known = before.get(key);
    before.delete(key);
    if (known === undefined) created.push(each);
    else if (isSame(each, known)) unchangedCount += 1;
    else changed.push({ found: each, stored: known });
  }
  return { created, changed, removed: [...before.values()], unchangedCount };
}

/** An id that has moved to another kind is another artifact. */
function keyOf(kind: ArtifactKind, gxpId: string): string {
  return `${kind}/${gxpId}`;
}

function isSame(found: FoundArtifact, stored: StoredArtifact): boolean {
  return (
    stored.isReadWhole &&
    found.contentHash === stored.contentHash &&
    found.artifact.path === stored.path &&
    found.isDuplicate === stored.isDuplicate &&
    canonicalJson(observedColumns(found)) === canonicalJson(stored.observed)
  );
}
