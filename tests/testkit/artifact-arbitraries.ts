import fc, { type Arbitrary } from 'fast-check';
import {
  riskRatings,
  userStoryStatuses,
  validationStatuses,
  verificationTiers,
  type Artifact,
  type JsonObject,
  type SignedEvidenceArtifact,
  resultOfPayload,
  subjectOfPayload,
} from '../../subgraphs/traceability/domain/index.js';
import { unsignedJws } from './render-artifact.js';

/** Any text that a parsed field may hold: trimmed, whole characters, no NUL. */
const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 60 })
  .map((value) => value.replaceAll('\0', '').trim())
  .filter((value) => value !== '');
const optional = <Value>(of: Arbitrary<Value>) => fc.option(of, { nil: null, freq: 3 });
const list = <Value>(of: Arbitrary<Value>) => fc.array(of, { maxLength: 4 });
const idTail = fc.stringMatching(/^[A-Z0-9]{1,4}(-[0-9]{1,3}){0,2}$/);
const idOf = (prefix: string) => idTail.map((tail) => `${prefix}-${tail}`);
const path = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}(\/[a-z][a-z0-9.-]{0,8}){0,3}\.ts$/);
const body = fc
  .string({ unit: 'binary', maxLength: 80 })
  .map((value) => value.replace(/[\0\r]/g, ''))
  .map((value) => (value.trim() === '' ? null : value));
const attributes: Arbitrary<JsonObject> = fc.dictionary(
  fc.stringMatching(/^x_[a-z]{1,6}$/),
  fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null), fc.array(text, { maxLength: 3 })),
  { maxKeys: 3, noNullPrototype: true },
);

const base = {
  idLine: fc.constant(0),
  validationStatus: fc.constantFrom(...validationStatuses),
};
const markdown = {
  ...base,
  assuranceStatus: optional(fc.constantFrom(...validationStatuses)),
  markdownContent: body,
  attributes,
};
const child = { title: text, parentLine: fc.constant(0) };
const file = fc.stringMatching(/^[a-z]{1,8}$/);

/** Any valid artifact. Lines are 0: they are the file's business. */
export const anyArtifact: Arbitrary<Artifact> = fc.oneof(
  fc.record({
    ...markdown,
    kind: fc.constant('SYSTEM_CONTEXT' as const),
    path: fc.constant('.gxp/system_context.md'),
    gxpId: idOf('SYS'),
    projectName: text,
    version: text,
    gxpRiskRating: fc.constantFrom(...riskRatings),
    intendedUse: optional(text),
    regulatoryContext: optional(text),
  }),
  fc.record({
    ...markdown,
    kind: fc.constant('REQUIREMENT' as const),
    path: file.map((name) => `.gxp/requirements/${name}.md`),
    gxpId: idOf('REQ'),
    title: text,
    gxpRiskRating: fc.constantFrom(...riskRatings),
    description: optional(text),
    acceptanceCriteria: list(text),
  }),
  fc.record({
    ...markdown,
    ...child,
    kind: fc.constant('USER_STORY' as const),
    path: file.map((name) => `.gxp/user_stories/${name}.md`),
    gxpId: idOf('US'),
    parentId: optional(idOf('REQ')),
    asA: optional(text),
    iWant: optional(text),
    soThat: optional(text),
    acceptanceCriteria: list(text),
    status: fc.constantFrom(...userStoryStatuses),
  }),
  fc.record({
    ...markdown,
    ...child,
    kind: fc.constant('SPECIFICATION' as const),
    path: file.map((name) => `docs/${name}.md`),
    gxpId: idOf('SPEC'),
    parentId: optional(idOf('US')),
    verificationTier: fc.constantFrom(...verificationTiers),
    designApproach: optional(text),
    sourceFiles: list(path),
    testFiles: list(path),
  }),
  anyEvidence(),
);

function anyEvidence(): Arbitrary<SignedEvidenceArtifact> {
  const claims = fc.record({
    gxp_id: idOf('EV'),
    title: text,
    spec_id: idOf('SPEC'),
    verification_tier: fc.constantFrom(...verificationTiers),
    validation_status: fc.constantFrom(...validationStatuses),
    test_results: fc.record({ passed: fc.nat(), failed: fc.nat() }, { noNullPrototype: true }),
  });
  return fc.tuple(file, claims).map(([name, payload]) => ({
    kind: 'SIGNED_EVIDENCE',
    path: `.gxp/evidence/${name}.jws`,
    idLine: 0,
    parentLine: 0,
    gxpId: payload.gxp_id,
    title: payload.title,
    parentId: payload.spec_id,
    verificationTier: payload.verification_tier,
    validationStatus: payload.validation_status,
    jws: unsignedJws(payload),
    jwsPayload: payload,
    result: resultOfPayload(payload),
    criteria: [],
    storyId: null,
    subject: subjectOfPayload(payload),
    jwsSignature: 'c2lnbmF0dXJl',
    packageFault: null,
    files: [],
  }));
}
