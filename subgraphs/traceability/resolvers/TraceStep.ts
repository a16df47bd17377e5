import { carriedArtifact } from './Artifact.js';

export const TraceStep = {
  artifact: carriedArtifact({ prefix: 'artifact_', kind: { column: 'kind' } }),
};
