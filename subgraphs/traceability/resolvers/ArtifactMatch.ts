import type { Row } from '../../kernel/read/index.js';
import { carriedArtifact } from './Artifact.js';

export const ArtifactMatch = {
  rank: (match: Row): number => Number(match['rank']),
  artifact: carriedArtifact({ prefix: 'artifact_', kind: { column: 'kind' } }),
};
