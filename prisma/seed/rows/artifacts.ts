/** The artifacts of a repository with what became of each: which push brought it, which changed it, who reviewed it. */
import type {
  Artifact,
  NormativeArtifact,
  SignedEvidenceArtifact,
  ValidationStatus,
} from '../../../subgraphs/traceability/domain/index.js';
import { criteriaOfPayload, resultOfPayload, subjectOfPayload } from '../../../subgraphs/traceability/domain/index.js';
import type {
  EvidenceStory,
  RepositoryStory,
  RequirementStory,
  SpecificationStory,
  UserStoryStory,
} from '../chapter.js';
import { at } from '../calendar.js';
import { pathOf } from './artifact-files.js';
import { keyOn, replacePayload, signCompact } from './signing-keys.js';

export interface Told {
  /** As its file says. */
  readonly artifact: Artifact;
  readonly since: string;
  /** What it said earlier, and the day on which that changed. */
  readonly before?: { readonly on: string; readonly artifact: NormativeArtifact };
  readonly reviewed?: NonNullable<RequirementStory['reviewed']> & { readonly to: ValidationStatus };
  readonly linkReviewed?: NonNullable<UserStoryStory['linkReviewed']>;
}

/** What a child takes over from its parent unless it says otherwise. */
interface Inherited {
  readonly parentId: string;
  readonly status: ValidationStatus;
  readonly since: string;
}

export function artifactsOf(repository: RepositoryStory): Told[] {
  return [
    systemContext(repository),
    ...repository.requirements.flatMap((story) => requirement(story, repository.registeredOn)),
    ...repository.strays.flatMap((story) =>
      userStory(story, { parentId: story.parent, status: 'DRAFT', since: repository.registeredOn }),
    ),
  ];
}

function systemContext({ name, version, risk, intendedUse, regulatoryContext, registeredOn }: RepositoryStory): Told {
  return {
    artifact: {
      kind: 'SYSTEM_CONTEXT',
      ...base('SYSTEM_CONTEXT', 'SYS-001'),
      validationStatus: 'APPROVED',
      assuranceStatus: null,
      projectName: name,
      version,
      gxpRiskRating: risk,
      intendedUse,
      regulatoryContext,
      markdownContent: `# ${name}\n\n${intendedUse}\n`,
      attributes: {},
    },
    since: registeredOn,
  };
}

function base(kind: Artifact['kind'], gxpId: string) {
  return { gxpId, path: pathOf(kind, gxpId), idLine: 1 };
}

/** Status and day of an artifact, as its file says, and what its reviewer made of it. */
function circumstances(
  story: Pick<RequirementStory, 'status' | 'since' | 'reviewed'>,
  inherited: Pick<Inherited, 'status' | 'since'>,
) {
  const status = story.status ?? inherited.status;
  const { reviewed } = story;
  return {
    status,
    since: story.since ?? inherited.since,
    inFile: reviewed?.from ?? status,
    review: reviewed === undefined ? {} : { reviewed: { ...reviewed, to: status } },
  };
}

function requirement(story: RequirementStory, registeredOn: string): Told[] {
  const { status, since, inFile, review } = circumstances(story, { status: 'DRAFT', since: registeredOn });
  const now: NormativeArtifact = {
    kind: 'REQUIREMENT',
    ...base('REQUIREMENT', story.id),
    title: story.title,
    validationStatus: inFile,
    assuranceStatus: null,
    gxpRiskRating: story.risk,
    description: story.text,
    acceptanceCriteria: story.criteria,
    markdownContent: story.rationale === undefined ? null : `## Why\n\n${story.rationale}\n`,
    attributes: {},
  };
  const { before } = story;
  const told: Told = {
    artifact: now,
    since,
    ...(before && { before: { on: before.on, artifact: { ...now, description: before.text } } }),
    ...review,
  };
  return [told, ...story.stories.flatMap((child) => userStory(child, { parentId: story.id, status, since }))];
}

function userStory(story: UserStoryStory, inherited: Inherited): Told[] {
  const { status, since, inFile, review } = circumstances(story, inherited);
  const artifact: Artifact = {
    kind: 'USER_STORY',
    ...base('USER_STORY', story.id),
    title: story.title,
    parentId: inherited.parentId,
    parentLine: 1,
    validationStatus: inFile,
    assuranceStatus: null,
    asA: story.as,
    iWant: story.want,
    soThat: story.soThat,
    acceptanceCriteria: [],
    status: story.progress ?? 'IMPLEMENTED',
    markdownContent: null,
    attributes: {},
  };
  const told: Told = { artifact, since, ...review, ...(story.linkReviewed && { linkReviewed: story.linkReviewed }) };
  return [told, ...story.specs.flatMap((spec) => specification(spec, { parentId: story.id, status, since }))];
}

function specification(story: SpecificationStory, inherited: Inherited): Told[] {
  const { status, since, inFile, review } = circumstances(story, inherited);
  const artifact: Artifact = {
    kind: 'SPECIFICATION',
    ...base('SPECIFICATION', story.id),
    title: story.title,
    parentId: inherited.parentId,
    parentLine: 1,
    validationStatus: inFile,
    assuranceStatus: status,
    verificationTier: story.tier,
    designApproach: story.design,
    sourceFiles: story.files,
    testFiles: story.files.map((path) => path.replace(/^src\/(.+)\.ts$/, 'test/$1.test.ts')),
    markdownContent: null,
    attributes: {},
  };
  const told: Told = { artifact, since, ...review, ...(story.linkReviewed && { linkReviewed: story.linkReviewed }) };
  return [told, ...story.evidence.map((each) => evidence(each, story, { parentId: story.id, status, since }))];
}

function evidence(story: EvidenceStory, spec: SpecificationStory, inherited: Inherited): Told {
  const since = story.since ?? inherited.since;
  const payload = {
    gxp_id: story.id,
    title: `Test run for ${spec.title}`,
    spec_id: spec.id,
    verification_tier: spec.tier,
    validation_status: inherited.status,
    test_results: {
      tool: 'jest',
      passed: story.passed,
      failed: story.failed ?? 0,
      ...(story.note && { note: story.note }),
    },
    iat: Date.parse(at(since)) / 1000,
  };
  const signed = signCompact(keyOn(since, story.keyId), payload);
  const edited = { ...payload, test_results: { ...payload.test_results, passed: story.passed + 1, failed: 0 } };
  const jws = story.edited === true ? replacePayload(signed, edited) : signed;
  const artifact: SignedEvidenceArtifact = {
    kind: 'SIGNED_EVIDENCE',
    ...base('SIGNED_EVIDENCE', story.id),
    title: payload.title,
    parentId: spec.id,
    parentLine: 1,
    verificationTier: spec.tier,
    validationStatus: inherited.status,
    jws,
    jwsPayload: story.edited === true ? edited : payload,
    result: resultOfPayload(story.edited === true ? edited : payload),
    criteria: criteriaOfPayload(story.edited === true ? edited : payload),
    storyId: null,
    subject: subjectOfPayload(story.edited === true ? edited : payload),
    jwsSignature: jws.split('.')[2] ?? '',
    packageFault: null,
    files: [],
  };
  return { artifact, since };
}
