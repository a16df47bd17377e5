import { carriedArtifact } from './Artifact.js';

export const Gap = {
  artifact: carriedArtifact({ prefix: 'artifact_', kind: { column: 'artifact_kind' } }),
};
