/**
 * A repository that lives by ROSIE RFC-001 and GxP.MD, written anew into a folder: 8 requirements, 18 stories, 18
 * specifications, 4 decisions, 60 signed files, 100 packages, 30 annotated files. All evidence is sound and passes but for
 * what `fates` says.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CompactSign, exportJWK, generateKeyPair, type JWK } from 'jose';

/** Stories and specifications of each requirement, by number. */
export const storiesOfRequirement: Readonly<Record<number, readonly number[]>> = {
  ...{ 1: [1, 2, 3], 2: [4, 5], 3: [6, 7, 8], 4: [9, 10], 5: [11, 12, 13], 6: [14, 15], 7: [16, 17], 8: [18] },
};

/** What is wrong with the evidence of a specification: of its first piece, unless it says all. */
export const fates = {
  3: 'FAILS',
  5: 'ALL_STALE',
  7: 'PACKAGE_TAMPERED',
  8: 'PACKAGE_ADDED_TO',
  10: 'FAILED_BEFORE_IT_WAS_MENDED',
  11: 'PAYLOAD_ALTERED',
  12: 'UNKNOWN_KEY',
  13: 'FILE_MISSING',
  14: 'PENDING',
} as const;

const two = (n: number): string => String(n).padStart(2, '0');
export const specId = (n: number): string => `SPEC-${two(n)}`;
const numbers = Array.from({ length: 18 }, (_, index) => index + 1);
const requirementOf = (story: number): number =>
  Number(Object.entries(storiesOfRequirement).find(([, stories]) => stories.includes(story))?.[0]);
const fateOf = (n: number): string | null => (fates as Readonly<Record<number, string>>)[n] ?? null;
const sourceOf = (n: number): string => (n % 3 === 0 ? `src/module_${two(n)}.py` : `src/module-${two(n)}.ts`);
const testOf = (n: number): string => (n % 3 === 0 ? `tests/test_${two(n)}.py` : `tests/module-${two(n)}.test.ts`);

export interface ValidatedRepository {
  /** Of the key that signs what isn't signed by a stranger. */
  readonly publicJwk: JWK;
}

export async function writeValidatedRepository(root: string): Promise<ValidatedRepository> {
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-C', root, ...args], {
      encoding: 'utf8',
    });
  const commit = (message: string): string => {
    git('add', '-A');
    git('commit', '-q', '-m', message);
    return git('rev-parse', 'HEAD').trim();
  };
  mkdirSync(root, { recursive: true });
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'origin', 'https://git.example.org/clinic/pump.git');
  writeDocuments(write);
  for (const n of numbers) write(sourceOf(n), sourceText(n));
  for (const n of numbers) write(testOf(n), testText(n));
  const tested = commit('system');
  for (const n of [5, 10]) write(sourceOf(n), `${sourceText(n)}\nchanged = true\n`);
  const mended = commit('a change of two modules');
  const key = await generateKeyPair('ES256', { extractable: true });
  const stranger = await generateKeyPair('ES256');
  const signer: Signer = { key: key.privateKey, stranger: stranger.privateKey };
  for (const n of numbers)
    await writeEvidence(n, { write, signer, tested: n === 10 ? mended : tested, before: tested });
  commit('evidence');
  return { publicJwk: { ...(await exportJWK(key.publicKey)), kid: 'release', alg: 'ES256' } };
}

type Write = (path: string, content: string) => void;
interface Signer {
  readonly key: CryptoKey;
  readonly stranger: CryptoKey;
}

function writeDocuments(write: Write): void {
  const document = (fields: Readonly<Record<string, string>>, body: string): string =>
    `---\n${Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n')}\n---\n\n${body}\n`;
  write('GxP.MD', gxpMd);
  const context = { id: '7d0c2f8e-0000-4000-8000-000000000001', project_name: 'Infusion pump', version: '"2.1.0"' };
  write('.gxp/system_context.md', document({ ...context, gxp_risk_rating: 'HIGH' }, '# Pump\n\nDoses over time.'));
  for (const [n, stories] of Object.entries(storiesOfRequirement)) {
    // Half in the words of the second version of the templates, half in those of the third.
    const risk = Number(n) % 2 === 0 ? { gxp_risk_rating: 'MEDIUM' } : { risk_level: 'HIGH', satisfies: '[]' };
    const fields = {
      gxp_id: `REQ-${two(Number(n))}`,
      title: `Requirement ${n}`,
      ...risk,
      owner: 'quality',
      validation_status: 'IMPLEMENTED',
    };
    write(
      `.gxp/requirements/REQ-${two(Number(n))}.md`,
      document(fields, `The pump shall do what stories ${stories.join(', ')} tell.`),
    );
  }
  for (const n of numbers) {
    const requirement = `REQ-${two(requirementOf(n))}`;
    const parent =
      n % 2 === 0 ? { parent_id: requirement } : { satisfies: `[${requirement}]`, verification_tier: 'OQ' };
    const story = {
      gxp_id: `US-${two(n)}`,
      title: `Story ${n}`,
      ...parent,
      acceptance_criteria: '["A dose is kept.", "An alarm sounds."]',
    };
    write(
      `.gxp/user_stories/US-${two(n)}.md`,
      document({ ...story, validation_status: 'READY' }, `As a nurse I do ${n}.`),
    );
    const files = [sourceOf(n), ...(fateOf(n) === 'FILE_MISSING' ? ['src/never-written.ts'] : [])];
    const above =
      n % 2 === 0 ? { parent_id: `US-${two(n)}` } : { implements: `[US-${two(n)}]`, satisfies: `[${requirement}]` };
    const spec = { gxp_id: specId(n), title: `Specification ${n}`, ...above, verification_tier: 'OQ' };
    const named = { source_files: `[${files.join(', ')}]`, test_files: `[${testOf(n)}]` };
    write(
      `.gxp/specs/${specId(n)}.md`,
      document({ ...spec, ...named, validation_status: 'REVIEWED' }, `Module ${n} does it.`),
    );
  }
  for (const [index, status] of ['Accepted', 'Proposed', 'Superseded by ADR-004', 'Accepted'].entries()) {
    const heading = `# ADR-00${index + 1}: Decision ${index + 1}`;
    const sections = [
      'Status',
      status,
      'Context',
      'There were two ways.',
      'Decision',
      'We take one.',
      'Consequences',
      'It holds.',
    ];
    const body = sections.map((text, at) => (at % 2 === 0 ? `## ${text}` : `${text}\n`)).join('\n');
    write(`.gxp/adr/ADR-00${index + 1}-decision.md`, `${heading}\n\n${body}`);
  }
  write('.gxp/adr/README.md', '# Decisions\n\nHow we write them.\n');
  write('.gxp/risk_assessment.log', riskLog);
}

const gxpMd = `---
gxpmd_version: "3.0.0"
project:
  name: "Infusion pump"
  id: "PUMP"
  version: "2.1.0"
regulatory:
  frameworks: ["21 CFR Part 11"]
risk:
  overall: HIGH
---

# How we work
`;

const riskLog = `# Risks

## RISK-001: A dose is counted twice

- **Date:** 2026-01-12
- **Author:** ann@example.org
- **Component:** src/module-01.ts
- **Risk Level:** HIGH
- **Description:** A retry after a lost answer of REQ-01.
- **Impact:** Overdose.
- **Mitigation:** Doses have keys,
  and SPEC-01 tests them.
- **Status:** mitigated

[2026-02-05] RISK-002 | REQ-02 | Risk: LOW | Impact: A report is late | Mitigation: It is sent again | Test Coverage: SPEC-04
`;

/** Each module in a language and a version of the tags of its own. */
function sourceText(n: number): string {
  if (n % 3 === 0) return `# Module ${n}\n# @gxp-implements ${specId(n)}\n# @gxp-risk MEDIUM\nrate = ${n}\n`;
  const spec = n === 4 ? `${specId(n)}, SPEC-99` : specId(n);
  const tags =
    n % 3 === 1
      ? `@gxp-req REQ-${two(requirementOf(n))} "Doses"\n * @gxp-spec ${spec} "Module"`
      : `@gxp-implements ${spec}`;
  return `/**\n * Module ${n}\n * ${tags}\n * @gxp-risk HIGH\n */\nexport const rate = '@gxp-spec SPEC-98';\n`;
}

/** The tests of the first twelve are annotated. */
function testText(n: number): string {
  if (n > 12) return `plain(${n});\n`;
  if (n % 3 === 0) return `"""\n@gxp-verifies ${specId(n)}\n@test-type OQ\n"""\nassert True\n`;
  return `// @gxp-spec ${specId(n)}\n// @trace US-${two(n)}\n// @test-type OQ\ntest(${n});\n`;
}

interface EvidenceContext {
  readonly write: Write;
  readonly signer: Signer;
  readonly tested: string;
  readonly before: string;
}

async function writeEvidence(n: number, context: EvidenceContext): Promise<void> {
  for (let at = 1; at <= (n <= 6 ? 4 : 3); at += 1) await writeSignedFile(n, at, context);
  for (let at = 1; at <= (n <= 10 ? 6 : 5); at += 1) await writePackage(n, at, context);
}

const sign = (payload: object, key: CryptoKey, kid: string): Promise<string> =>
  new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', kid })
    .sign(key);

async function writeSignedFile(
  n: number,
  at: number,
  { write, signer, tested, before }: EvidenceContext,
): Promise<void> {
  const fate = at === 1 ? fateOf(n) : null;
  const counts =
    fate === 'FAILS' || fate === 'FAILED_BEFORE_IT_WAS_MENDED'
      ? { passed: 3, failed: 1, skipped: 0 }
      : fate === 'PENDING'
        ? { passed: 0, failed: 0, skipped: 4 }
        : { passed: 4, failed: 0, skipped: 0 };
  const payload = {
    gxp_id: `EV-${specId(n)}-${at}`,
    spec_id: specId(n),
    verification_tier: 'OQ',
    traced_user_story: `US-${two(n)}`,
    test_results: counts,
    git_commit: fate === 'FAILED_BEFORE_IT_WAS_MENDED' ? before : tested,
  };
  const isStrange = fate === 'UNKNOWN_KEY';
  const jws = await sign(payload, isStrange ? signer.stranger : signer.key, isStrange ? 'stranger' : 'release');
  const [header, , signature] = jws.split('.');
  const altered = Buffer.from(JSON.stringify({ ...payload, test_results: { passed: 400, failed: 0 } })).toString(
    'base64url',
  );
  write(`.gxp/evidence/${payload.gxp_id}.jws`, fate === 'PAYLOAD_ALTERED' ? `${header}.${altered}.${signature}` : jws);
}

async function writePackage(n: number, at: number, { write, signer, tested }: EvidenceContext): Promise<void> {
  const fate = at === 1 ? fateOf(n) : null;
  const id = `OQ-${specId(n)}-2026-03-${two(at)}`;
  const folder = `.gxp/evidence/packages/${id}`;
  const identity = { package_id: id, spec_id: specId(n), tier: 'OQ', git_commit: tested };
  const files: Readonly<Record<string, string>> = {
    'metadata.json': JSON.stringify(identity),
    'environment.json': '{"platform":"linux"}',
    'test-output.log': `module ${n}: 4 passed\n`,
    'artifacts/test-results.json': JSON.stringify({ tool: 'pytest', passed: 4, failed: 0, skipped: 0 }),
  };
  const listed = Object.entries(files).map(([path, content]) => ({
    path,
    sha256: createHash('sha256').update(content).digest('hex'),
    size_bytes: Buffer.byteLength(content),
  }));
  const { git_commit: _, ...names } = identity;
  const manifest = {
    ...names,
    files: listed,
    acceptance_criteria_verified: [{ criterion_id: 'AC-1', status: 'PASS' }],
    validation_result: 'PASS',
  };
  for (const [path, content] of Object.entries(files)) {
    const isTampered = fate === 'PACKAGE_TAMPERED' && path === 'test-output.log';
    write(`${folder}/${path}`, isTampered ? `${content}and all is well\n` : content);
  }
  if (fate === 'PACKAGE_ADDED_TO') write(`${folder}/approval.txt`, 'approved');
  write(`${folder}/manifest.json`, JSON.stringify(manifest));
  const signature = await sign(manifest, signer.key, 'release');
  write(`${folder}/${n % 2 === 0 ? 'signature.jws' : 'manifest.jws'}`, signature);
}
