import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import {
  criteriaOf,
  fingerprintOf,
  labelOf,
  manifestName,
  metadataName,
  namedFiles,
  readFiles,
  type Artifact,
  type FoundArtifact,
  type SpecificationArtifact,
  type VerificationTier,
} from '../../subgraphs/traceability/domain/index.js';
import { readCheckout, type CheckoutEntry } from '../checkout/index.js';
import { checkRan, summarise } from './sign-test-evidence.js';
import type { TestCase, TestRun } from './results/test-case.js';
import { parseTestRun } from './results/test-run.js';

export interface CreatePackageRequest {
  /** A git checkout: the one that the tests ran in. */
  readonly folder: string;
  readonly specId: string;
  /** Reports of test runs, in any of the forms that are read. */
  readonly resultFiles: readonly string[];
  /** Further files that go in as they are, such as screenshots. */
  readonly attachments?: readonly string[];
  /** The specification's own without one. */
  readonly tier?: VerificationTier;
  /** Where packages stand, relative to the folder. */
  readonly packagesPath?: string;
  readonly now?: Date;
}

export interface CreatedPackage {
  /** Relative to the checkout. */
  readonly path: string;
  readonly result: 'PASS' | 'FAIL';
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Makes an unsigned package of what the tests of a specification gave. What failed is packed as what failed. Throws a
 * StartupError, and leaves nothing, when a test file is silent or what was tested isn't what the commit holds.
 */
export async function createPackage(request: CreatePackageRequest): Promise<CreatedPackage> {
  const { folder, specId, packagesPath = '.gxp/evidence/packages', now = new Date() } = request;
  // A package names the commit alone: a checkout without a remote will do.
  const checkout = await readCheckout(folder, { repository: 'unnamed/checkout' });
  const entries: CheckoutEntry[] = [];
  for await (const entry of checkout.entries) entries.push(entry);
  const { found } = await readFiles({ files: entries.flatMap(({ file }) => file ?? []) });
  const specification = findSpecification(found, specId);
  const runs = await Promise.all(
    request.resultFiles.map(async (file) => parseTestRun(await readFile(file, 'utf8'), folder, now)),
  );
  const cases = runs.flatMap((run) => run.cases).filter((each) => specification.testFiles.includes(each.file));
  const silence = checkRan(specification.testFiles, cases);
  if (silence !== null) throw new StartupError(`No package for ${specId}: ${silence}.`);
  const tested = namedFiles(specification);
  const changed = await checkout.changedFiles([specification.path, ...tested]);
  if (changed.length > 0) {
    throw new StartupError(
      `No package for ${specId}: ${changed.join(', ')} differ from the commit that the package would name.`,
    );
  }
  const sources = await checkout.readSources(entries);
  const tier = request.tier ?? specification.verificationTier;
  const packageId = `${tier}-${specId}-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  const counts = summarise(toOneRun(runs), cases);
  const result = counts.failed > 0 ? ('FAIL' as const) : ('PASS' as const);
  const identity = {
    package_id: packageId,
    spec_id: specId,
    tier,
    ...(specification.parentId !== null && { traced_user_story: specification.parentId }),
    system_state_hash: await checkout.stateHash(),
    git_commit: checkout.facts.commitSha,
    created_at: now.toISOString(),
  };
  const files = new Map<string, string | Uint8Array>([
    [metadataName, json({ '@context': 'https://www.rosie-standard.org/evidence/v1', ...identity })],
    ['environment.json', json(environment(now))],
    ['artifacts/test-results.json', json(counts)],
    ['test-output.log', renderLog(counts, cases)],
  ]);
  for (const path of [...request.resultFiles, ...(request.attachments ?? [])]) {
    const name = freeName(`artifacts/${basename(path)}`, files);
    files.set(name, await readFile(path));
  }
  const manifest = {
    ...identity,
    spec_fingerprint: fingerprintOf(specification),
    tested_files: sources.files.filter(({ path }) => tested.includes(path)),
    test_summary: { total_tests: cases.length, passed: counts.passed, failed: counts.failed, skipped: counts.skipped },
    ...criteriaVerified(found, specification, cases),
    validation_result: result,
    ...listFiles(files),
  };
  files.set(manifestName, json(manifest));
  const path = `${packagesPath}/${packageId}`;
  await writeWhole(join(folder, path), files);
  return { path, result, passed: counts.passed, failed: counts.failed, skipped: counts.skipped };
}

function findSpecification(found: readonly FoundArtifact[], specId: string): SpecificationArtifact {
  const artifact = found.find((each) => each.artifact.gxpId === specId)?.artifact;
  if (artifact?.kind !== 'SPECIFICATION') throw new StartupError(`The checkout has no specification ${specId}.`);
  return artifact;
}

function toOneRun(runs: readonly TestRun[]): Pick<TestRun, 'tool' | 'version'> {
  const tools = [...new Set(runs.map(({ tool }) => tool))];
  return { tool: tools.join(', '), version: runs.length === 1 ? (runs[0]?.version ?? null) : null };
}

/** What of the machine can matter to a result, and nothing that tells of its owner. */
function environment(now: Date) {
  return {
    platform: process.platform,
    arch: process.arch,
    node_version: process.version,
    timestamp: now.toISOString(),
  };
}

/**
 * A test that names a criterion (`AC-3` in its name) speaks for it. The specification's user story is meant, else the
 * requirement that it stands below.
 */
function criteriaVerified(
  found: readonly FoundArtifact[],
  { parentId }: SpecificationArtifact,
  cases: readonly TestCase[],
): { readonly acceptance_criteria_verified?: readonly object[] } {
  const byId = new Map(found.map(({ artifact }): [string, Artifact] => [artifact.gxpId, artifact]));
  const owner = byId.get(parentId ?? '');
  if (owner?.kind !== 'USER_STORY' && owner?.kind !== 'REQUIREMENT') return {};
  const verified = criteriaOf(owner).flatMap(({ label, text }) => {
    const named = cases.filter(({ name }) => labelsIn(name).includes(label));
    const ran = named.filter(({ status }) => status !== 'skipped');
    if (named.length === 0) return [];
    const status = ran.some((each) => each.status === 'failed') ? 'FAIL' : ran.length === 0 ? 'PENDING' : 'PASS';
    return [{ criterion_id: label, description: text, status }];
  });
  return verified.length === 0 ? {} : { acceptance_criteria_verified: verified };
}

function labelsIn(name: string): string[] {
  return Array.from(name.matchAll(/\bAC-?\d{1,4}\b/gi), ([label]) => labelOf(label) ?? '');
}

function renderLog(
  { tool, passed, failed, skipped }: ReturnType<typeof summarise>,
  cases: readonly TestCase[],
): string {
  const lines = cases.map(
    ({ status, file, name, durationMs }) => `${status.padEnd(7)} ${file}: ${name} (${durationMs} ms)`,
  );
  return [`${tool}: ${passed} passed, ${failed} failed, ${skipped} skipped`, '', ...lines, ''].join('\n');
}

function listFiles(files: ReadonlyMap<string, string | Uint8Array>) {
  const listed = [...files].map(([path, content]) => ({
    path,
    sha256: createHash('sha256').update(content).digest('hex'),
    size_bytes: Buffer.byteLength(content),
  }));
  return {
    files: listed.sort((a, b) => (a.path < b.path ? -1 : 1)),
    total_size_bytes: listed.reduce((sum, { size_bytes: size }) => sum + size, 0),
    file_count: listed.length,
  };
}

function freeName(path: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(path)) return path;
  for (let count = 2; ; count += 1) if (!taken.has(`${path}.${count}`)) return `${path}.${count}`;
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The folder is there with all its files, or not at all. */
async function writeWhole(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  const draft = `${folder}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    for (const [path, content] of files) {
      await mkdir(dirname(join(draft, path)), { recursive: true });
      await writeFile(join(draft, path), content);
    }
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
    throw new StartupError(`The package could not be written to ${folder} (${code}).`, { cause: error });
  }
}
