/** How the story is written down: what people did to repositories, documents, credit and work. Rows are made of it. */
import type { RiskRating, ValidationStatus, VerificationTier } from '../../subgraphs/traceability/domain/index.js';
import type { OutputType } from '../../subgraphs/evidence-and-features/domain/output-content.js';
import type { PersonName } from './story/company.js';

export interface Chapter {
  readonly repositories: readonly RepositoryStory[];
  readonly accounts: readonly AccountStory[];
  readonly orders: readonly WorkOrderStory[];
  readonly memory: readonly MemoryStory[];
}

export interface RepositoryStory {
  /** `owner/name`. */
  readonly fullName: string;
  readonly name: string;
  readonly intendedUse: string;
  readonly regulatoryContext: string;
  readonly version: string;
  readonly risk: RiskRating;
  readonly lead: PersonName;
  readonly registeredOn: string;
  readonly githubRepoId: number;
  /** Pushes to main, oldest first: each is scanned and audited. */
  readonly commits: readonly CommitStory[];
  readonly requirements: readonly RequirementStory[];
  /** User stories whose requirement nobody can find. */
  readonly strays: readonly (UserStoryStory & { readonly parent: string })[];
  readonly project: ProjectStory;
  readonly documents: readonly DocumentStory[];
  readonly features: readonly FeatureStory[];
}

export type CheckCode = 'A0' | 'A4' | 'A9' | 'P1' | 'T1' | 'W1';
export type CheckResult = 'PASS' | 'FAIL' | 'WARN' | 'ERROR';

export interface CommitStory {
  readonly on: string;
  readonly by: PersonName;
  readonly message: string;
  /** Checks that did not simply pass, with what they found. */
  readonly checks?: Partial<Readonly<Record<CheckCode, readonly [CheckResult, string]>>>;
  /** The audit could not be made: why. */
  readonly auditError?: string;
  /** Files that gave no artifact. */
  readonly rejected?: readonly (readonly [path: string, line: number, code: string, reason: string])[];
}

interface ArtifactStory {
  readonly id: string;
  readonly title: string;
  /** Default: that of the artifact above. */
  readonly status?: ValidationStatus;
  /** Day of the push that brought it. Default: that of the artifact above. */
  readonly since?: string;
  /** What a reviewer decided about the file as it stands; `status` is what it came to. */
  readonly reviewed?: {
    readonly on: string;
    readonly by: PersonName;
    readonly from: ValidationStatus;
    readonly note: string;
  };
}

interface ChildStory extends ArtifactStory {
  /** The parent's change was looked at: the link is no longer suspect. */
  readonly linkReviewed?: { readonly on: string; readonly by: PersonName; readonly note: string };
}

export interface RequirementStory extends ArtifactStory {
  readonly risk: RiskRating;
  readonly text: string;
  readonly criteria: readonly string[];
  readonly rationale?: string;
  /** What it said before the push of that day. */
  readonly before?: { readonly on: string; readonly text: string };
  readonly stories: readonly UserStoryStory[];
}

export interface UserStoryStory extends ChildStory {
  readonly as: string;
  readonly want: string;
  readonly soThat: string;
  readonly progress?: 'PLANNED' | 'IN_PROGRESS' | 'IMPLEMENTED';
  readonly specs: readonly SpecificationStory[];
}

export interface SpecificationStory extends ChildStory {
  readonly tier: VerificationTier;
  readonly design: string;
  /** Source files; each has its test beside it. */
  readonly files: readonly string[];
  readonly evidence: readonly EvidenceStory[];
}

export interface EvidenceStory {
  readonly id: string;
  readonly since?: string;
  readonly passed: number;
  readonly failed?: number;
  readonly note?: string;
  /** Default: the key that the build pipeline had on that day. */
  readonly keyId?: string;
  /** Somebody edited the payload after it was signed. */
  readonly edited?: boolean;
}

export interface ProjectStory {
  readonly name: string;
  readonly description: string;
  readonly createdOn: string;
  readonly status: 'building' | 'completed';
  readonly questionnaire: Readonly<Record<string, unknown>>;
  /** Folders whose imports are forbidden: `[from, to, because]`. */
  readonly boundaries: readonly (readonly [string, string, string])[];
  /** Operations of its HTTP surface, `POST /pumps/{id}/programs`. */
  readonly surface: readonly string[];
  readonly stack: readonly string[];
  readonly builds: readonly BuildStory[];
}

export interface BuildStory {
  readonly phase: string;
  readonly on: string;
  readonly status: 'completed' | 'failed' | 'cancelled' | 'running';
  readonly minutes: number;
  readonly loops: number;
  /** What the builder and the audit said on the way. */
  readonly log: readonly (readonly [source: 'builder' | 'audit' | 'system', level: LogLevel, message: string])[];
  readonly error?: string;
}
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type FactType =
  | 'ui_element'
  | 'flow'
  | 'endpoint'
  | 'payload'
  | 'requirement'
  | 'edge_case'
  | 'acceptance_criteria'
  | 'bug'
  | 'constraint';

export interface DocumentStory {
  readonly filename: string;
  readonly type: 'pdf' | 'image' | 'json' | 'csv' | 'yaml' | 'md';
  readonly on: string;
  readonly by: PersonName;
  readonly bytes: number;
  /** How far the queue has come with it. `waiting`: for a worker outside that can read it. */
  readonly stage: 'done' | 'to embed' | 'waiting' | 'failed';
  readonly error?: string;
  readonly facts: readonly (readonly [type: FactType, content: string, raw?: Readonly<Record<string, unknown>>])[];
}

export interface FeatureStory {
  readonly name: string;
  readonly description: string;
  readonly confidence: number;
  readonly on: string;
  readonly status: 'candidate' | 'confirmed' | 'rejected';
  readonly review?: { readonly on: string; readonly by: PersonName; readonly note?: string };
  readonly parent?: string;
  readonly tags: readonly string[];
  /** `[document, number of the fact from 0, relationship, strength]`. */
  readonly evidence: readonly (readonly [
    document: string,
    fact: number,
    relationship: 'implements' | 'supports' | 'constrains' | 'extends',
    strength: number,
  ])[];
  /** What was generated from its evidence, oldest first. */
  readonly outputs: readonly OutputType[];
}

export interface AccountStory {
  readonly clerkUserId: string;
  readonly name: string;
  readonly githubLogin: string | null;
  readonly registeredOn: string;
  readonly credits: readonly (readonly [on: string, amount: number, reason: string, reference: string])[];
  readonly scans: readonly ScanStory[];
}

export interface ScanStory {
  readonly on: string;
  readonly time?: string;
  readonly url: string;
  readonly page: 'plain' | 'careless' | 'stolen login' | 'download' | 'silent' | 'refused';
}

export interface WorkOrderStory {
  readonly key: string;
  readonly title: string;
  readonly on: string;
  readonly by: PersonName;
  readonly priority: 'LOW' | 'MEDIUM' | 'HIGH' | 'URGENT';
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Run by the template for releases: its items bear the keys of the steps. */
  readonly isRelease?: boolean;
  readonly items: readonly WorkItemStory[];
}

export interface WorkItemStory {
  readonly key: string;
  readonly type: 'INVOICE' | 'TICKET' | 'STATUS_REPORT';
  readonly content: Readonly<Record<string, unknown>>;
  /** Global id of what it is about, anywhere in the graph. */
  readonly subject?: string;
  readonly on?: string;
  /** Attempts, oldest first. An item without any is queued. */
  readonly attempts: readonly AttemptStory[];
  readonly result?: Readonly<Record<string, unknown>>;
  readonly approvals?: readonly ApprovalStory[];
  /** Asked for and not decided. */
  readonly awaitsApproval?: boolean;
  /** Given up, and, when `redriven` says by whom, put back and done after all. */
  readonly deadLetter?: { readonly on: string; readonly redriven?: { readonly on: string; readonly by: PersonName } };
  readonly evaluation?: readonly [evaluator: string, metric: string, score: number, passed: boolean];
}

export interface AttemptStory {
  readonly by: string;
  /** Model of an agent; a person has none. */
  readonly model?: string;
  readonly on: string;
  readonly time?: string;
  readonly minutes: number;
  readonly status?: 'COMPLETED' | 'FAILED' | 'TIMEOUT';
  readonly output?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly tokens?: readonly [input: number, output: number];
}

export interface ApprovalStory {
  readonly on: string;
  readonly by: PersonName;
  readonly decision: 'APPROVED' | 'REJECTED' | 'ESCALATED';
  readonly meaning: string;
  readonly reason?: string;
}

export interface MemoryStory {
  readonly type: 'CONTEXT' | 'KNOWLEDGE' | 'TEMPLATE';
  readonly title: string;
  readonly content: string;
  readonly by: string;
  readonly on: string;
  readonly expires?: string;
}
