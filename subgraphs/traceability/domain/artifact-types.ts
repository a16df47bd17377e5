import type { ArtifactKind } from './artifact-kinds.js';
import type { CriterionStatement, EvidenceResult } from './evidence-result.js';
import type { EvidenceFile } from './evidence-file.js';
import type { EvidenceSubject } from './evidence-subject.js';
import type { JsonObject, JsonValue } from './json-values.js';
import type { Edge } from './link-rules.js';
import type { RiskRating, UserStoryStatus, ValidationStatus, VerificationTier } from './values.js';

export type { JsonObject, JsonValue };

interface ArtifactBase<Kind extends ArtifactKind> {
  readonly kind: Kind;
  readonly gxpId: string;
  /** Where it was read, and the lines that problems found later point at. */
  readonly path: string;
  readonly idLine: number;
  readonly validationStatus: ValidationStatus;
  /** All that it names, what it is for before what it depends on. Absent where that is `parentId` alone. */
  readonly edges?: readonly DeclaredEdge[];
}

export interface DeclaredEdge extends Edge {
  readonly line: number;
}

interface MarkdownArtifact<Kind extends ArtifactKind> extends ArtifactBase<Kind> {
  /** Null when the author did not say. */
  readonly assuranceStatus: ValidationStatus | null;
  /** The body below the front matter with `\n` line endings, null when empty. */
  readonly markdownContent: string | null;
  /** Front matter that no field above holds, as the author wrote it. */
  readonly attributes: JsonObject;
}

export interface SystemContextArtifact extends MarkdownArtifact<'SYSTEM_CONTEXT'> {
  readonly projectName: string;
  readonly version: string;
  readonly gxpRiskRating: RiskRating;
  readonly intendedUse: string | null;
  readonly regulatoryContext: string | null;
}

export interface RequirementArtifact extends MarkdownArtifact<'REQUIREMENT'> {
  readonly title: string;
  readonly gxpRiskRating: RiskRating;
  readonly description: string | null;
  readonly acceptanceCriteria: readonly string[];
}

interface ChildArtifact {
  readonly title: string;
  /**
   * The id of what it is for, in this repository or another: of the level above where one of that is named, else of
   * whatever was named first. Null when the author named none.
   */
  readonly parentId: string | null;
  readonly parentLine: number;
}

export interface UserStoryArtifact extends MarkdownArtifact<'USER_STORY'>, ChildArtifact {
  readonly asA: string | null;
  readonly iWant: string | null;
  readonly soThat: string | null;
  readonly acceptanceCriteria: readonly string[];
  readonly status: UserStoryStatus;
}

export interface SpecificationArtifact extends MarkdownArtifact<'SPECIFICATION'>, ChildArtifact {
  readonly verificationTier: VerificationTier;
  readonly designApproach: string | null;
  readonly sourceFiles: readonly string[];
  readonly testFiles: readonly string[];
}

export type { EvidenceFile };

export interface SignedEvidenceArtifact extends ArtifactBase<'SIGNED_EVIDENCE'>, ChildArtifact {
  /** Null when the payload does not say. */
  readonly verificationTier: VerificationTier | null;
  /** The whole JWS as it was signed: compact, or the JSON serialisation's text. Verification needs exactly this. */
  readonly jws: string;
  readonly jwsPayload: JsonObject;
  /** What the payload says came out, whether or not it can be trusted. */
  readonly result: EvidenceResult;
  /** What it says of single acceptance criteria. */
  readonly criteria: readonly CriterionStatement[];
  /** The user story that it names itself. */
  readonly storyId: string | null;
  /** What it says it was made on. */
  readonly subject: EvidenceSubject;
  /** The signature part, base64url; several are joined with a dot. */
  readonly jwsSignature: string;
  /** Of a package: which check it fails, in a sentence, so that no signature can make it count. Null: none, or no package. */
  readonly packageFault: string | null;
  /** Of a package: what its manifest lists, by path. */
  readonly files: readonly EvidenceFile[];
}

export type Artifact =
  SystemContextArtifact | RequirementArtifact | UserStoryArtifact | SpecificationArtifact | SignedEvidenceArtifact;
