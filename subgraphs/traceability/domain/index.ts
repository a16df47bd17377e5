/** Owns the pure rules of traceability: what an artifact file says, how artifacts link, and whether evidence is genuine. */
export type {
  Artifact,
  EvidenceFile,
  JsonObject,
  JsonValue,
  RequirementArtifact,
  SignedEvidenceArtifact,
  SpecificationArtifact,
  SystemContextArtifact,
  UserStoryArtifact,
} from './artifact-types.js';
export { artifactKinds, kindOfId, type ArtifactKind } from './artifact-kinds.js';
export { checkArtifactSet, type CheckedSet } from './artifact-set.js';
export { formatOfPath, parseArtifactFile, type ParsedFile, type ParseLimits } from './artifacts.js';
export {
  checkRelativePath,
  contentHashOf,
  defaultMaxFileBytes,
  type ArtifactFile,
  type FileDigest,
} from './file-text.js';
export {
  findPackageFolders,
  manifestName,
  metadataName,
  signatureNames,
  isReadFromPackage,
  packageOf,
  type PackageFile,
  type PackageFolder,
} from './evidence-packages.js';
export { criteriaOf, labelOf, textKeyOf } from './criteria.js';
export {
  criteriaOfPayload,
  resultOfPayload,
  type CriterionStatement,
  type EvidenceResult,
  type EvidenceResultValue,
} from './evidence-result.js';
export { subjectOfPayload, type EvidenceSubject } from './evidence-subject.js';
export type { Freshness, SourceState } from './freshness.js';
export {
  freshnessOfArtifact,
  isSurroundingPath,
  namedFiles,
  readFiles,
  type FoundArtifact,
  type ReadFiles,
  type Surroundings,
} from './read-files.js';
export { annotationMarks, findAnnotations, isCodePath, type AnnotationLine, type CodeFile } from './annotations.js';
export { fingerprintOf, type NormativeArtifact } from './fingerprint.js';
export { parseJws } from './jws-shape.js';
export { looksLikeArtifact, maxFrontMatterBytes } from './front-matter.js';
export { edgesOf, type ChildKind, type Edge, type EdgeRelation, type LinkStatus, type LinkType } from './link-rules.js';
export {
  coveredNodes,
  linkKey,
  nodeKey,
  resolveLinks,
  resolveParent,
  signaturesRequired,
  type Link,
  type LinkNode,
  type SeenFingerprints,
} from './links.js';
export { oneLine, type Problem, type ProblemCode, type ProblemSeverity } from './problems.js';
export {
  riskRatings,
  userStoryStatuses,
  validationStatuses,
  verificationTiers,
  type RiskRating,
  type UserStoryStatus,
  type ValidationStatus,
  type VerificationTier,
} from './values.js';
export { checkPublicKey, type PublicKey, type PublicKeyCheck, type SignatureAlgorithm } from './public-keys.js';
export {
  refutedByPackage,
  verifySignature,
  type SignatureVerdict,
  type VerdictCode,
  type VerifyOptions,
} from './signature.js';
