import { carriedArtifact } from './Artifact.js';

export const TraceabilityMatrixRow = {
  requirement: carriedArtifact({ prefix: 'requirement_', kind: 'REQUIREMENT' }),
  userStory: carriedArtifact({ prefix: 'user_story_', kind: 'USER_STORY' }),
  specification: carriedArtifact({ prefix: 'specification_', kind: 'SPECIFICATION' }),
  evidence: carriedArtifact({ prefix: 'evidence_', kind: 'SIGNED_EVIDENCE' }),
};
