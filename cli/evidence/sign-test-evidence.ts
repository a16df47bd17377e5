import { CompactSign } from 'jose';
import type { SpecificationArtifact } from '../../subgraphs/traceability/domain/index.js';
import type { SigningKey } from './signing-key.js';
import type { TestCase, TestRun } from './results/test-case.js';

export interface SignRequest {
  readonly run: TestRun;
  /** The specifications to give evidence for; their `test_files` say which tests speak for them. */
  readonly specifications: readonly Pick<SpecificationArtifact, 'gxpId' | 'title' | 'verificationTier' | 'testFiles'>[];
  /** The commit that the tests ran on. */
  readonly commitSha: string;
  readonly key: SigningKey;
}

export interface SignedRun {
  /** One compact JWS for each specification that its tests prove. */
  readonly files: readonly { readonly path: string; readonly content: string }[];
  /** Specifications without evidence, and why: what did not run, or failed, must not be signed for. */
  readonly refused: readonly { readonly gxpId: string; readonly reason: string }[];
}

/** Signs, for each specification, that its tests ran on a commit and all passed. */
export async function signTestEvidence(request: SignRequest): Promise<SignedRun> {
  const files: { path: string; content: string }[] = [];
  const refused: { gxpId: string; reason: string }[] = [];
  for (const specification of request.specifications) {
    const cases = request.run.cases.filter((each) => specification.testFiles.includes(each.file));
    const reason = checkProof(specification.testFiles, cases);
    if (reason !== null) {
      refused.push({ gxpId: specification.gxpId, reason });
      continue;
    }
    const gxpId = `EV-${specification.gxpId}`;
    const claims = {
      '@context': 'https://www.rosie-standard.org/evidence/v1',
      gxp_id: gxpId,
      title: `Test run for ${specification.title}`,
      spec_id: specification.gxpId,
      verification_tier: specification.verificationTier,
      test_results: summarise(request.run, cases),
      timestamp: request.run.startedAt.toISOString(),
      system_state: `git:${request.commitSha}`,
    };
    files.push({ path: `.gxp/evidence/${gxpId}.jws`, content: `${await sign(claims, request.key)}\n` });
  }
  return { files, refused };
}

/** Null when the cases prove the specification; else why they do not. */
function checkProof(testFiles: readonly string[], cases: readonly TestCase[]): string | null {
  const silence = checkRan(testFiles, cases);
  if (silence !== null) return silence;
  const failed = cases.find((each) => each.status === 'failed');
  return failed === undefined ? null : `a test failed: ${failed.file}: ${failed.name}`;
}

/** Null when a test of every file ran; else which is silent. */
export function checkRan(testFiles: readonly string[], cases: readonly TestCase[]): string | null {
  if (testFiles.length === 0) return 'it names no test files';
  const silent = testFiles.find((file) => !cases.some((each) => each.file === file && each.status !== 'skipped'));
  return silent === undefined ? null : `no test of ${silent} ran`;
}

/** Test results in the form of an evidence payload. */
export function summarise({ tool, version }: Pick<TestRun, 'tool' | 'version'>, cases: readonly TestCase[]) {
  const count = (status: TestCase['status']) => cases.filter((each) => each.status === status).length;
  return {
    tool,
    ...(version !== null && { version }),
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    duration_ms: cases.reduce((sum, each) => sum + each.durationMs, 0),
    test_cases: cases.map(({ file, name, status }) => ({ file, name, status })),
  };
}

async function sign(claims: object, key: SigningKey): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: key.publicKey.algorithm, kid: key.publicKey.kid })
    .sign(key.privateKey);
}
