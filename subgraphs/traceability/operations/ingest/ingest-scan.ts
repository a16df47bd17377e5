/** The way in: the artifact files of one commit become the state of their repository, in one transaction. */
import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Database } from '../../../kernel/db/index.js';
import { UserErrors, userError } from '../../../kernel/errors/index.js';
import {
  canonicalJson,
  sha256,
  write,
  type Writer,
  type Written,
  type WriteTransaction,
} from '../../../kernel/write/index.js';
import { readFiles, type ArtifactKind, type FoundArtifact, type Problem, type ReadFiles } from '../../domain/index.js';
import { insertCoverageSnapshots } from '../../repository/coverage-snapshots.js';
import { refreshLinks } from '../../repository/links.js';
import {
  findRepositoryByFullName,
  insertRepository,
  lockRepositoryByFullName,
  type StoredRepository,
} from '../../repository/repository.js';
import { gitUrlTaken } from '../../repository/repository-errors.js';
import { findLatestScanByRepository, insertScan, type NewScan } from '../../repository/scan.js';
import { listTrustedKeysByRepository } from '../../repository/trusted-key.js';
import { toRow } from '../../repository/ingest/artifact-rows.js';
import { compareArtifacts, type Comparison } from './compare.js';
import { checkScanInput, type CheckedScan, type ScanInput } from './scan-input.js';
import { storeCriteria } from '../../repository/ingest/criteria.js';
import { storeEvidenceFiles } from '../../repository/ingest/evidence-files.js';
import { artifactChanges } from './scan-records.js';
import { storeState } from '../../repository/ingest/store-versions.js';
import { storeSurroundings } from '../../repository/ingest/store-surroundings.js';
import {
  analyzeTables,
  deleteArtifacts,
  listStoredArtifacts,
  storeArtifacts,
} from '../../repository/ingest/store-artifacts.js';
import { EvidenceVerifier } from './verify-evidence.js';

export interface IngestedScan {
  /** Keys of the scan and of its repository, as payloads hold them. */
  readonly scan: string;
  readonly repository: string;
  /** This commit was stored before with the same files: nothing was written. */
  readonly unchanged: boolean;
  readonly createdCount: number;
  readonly changedCount: number;
  readonly removedCount: number;
  readonly unchangedCount: number;
  readonly rejectedCount: number;
}

/** Fewer leave the statistics good enough. */
const manyChanges = 500;

/** `problems` are those of the files, in order of path, whatever became of the scan. */
export type IngestResult = Written<IngestedScan> & { readonly problems: readonly Problem[] };

/**
 * Takes the files as the whole truth about the repository at the commit. The caller's permission is the caller's business.
 * Reading and verifying happen before the transaction, which holds the repository's row from its first statement on.
 */
export async function ingestScan(writer: Writer, input: ScanInput): Promise<IngestResult> {
  const startedAt = new Date();
  let scan: CheckedScan;
  try {
    scan = checkScanInput(input);
  } catch (error) {
    if (error instanceof UserErrors) return { userErrors: error.userErrors, problems: [] };
    throw error;
  }
  const read = await readFiles({ ...scan, nextTurn: setImmediate });
  const verifier = new EvidenceVerifier(startedAt);
  await verifyAhead(writer, scan, read, verifier);
  const { clientKey, files, sources, ...rest } = input;
  const options = {
    operation: 'scanIngest',
    clientKey,
    // The hash stands for 64 MiB of files.
    input:
      clientKey == null
        ? null
        : {
            ...rest,
            files: sha256(canonicalJson(files)),
            ...(sources != null && { sources: sha256(canonicalJson(sources)) }),
          },
    constraints: gitUrlTaken,
  };
  const written = await write(writer, options, (tx) => store({ tx, writer, scan, read, verifier, startedAt }));
  await refreshStatistics(writer.database, written);
  return { ...written, problems: read.problems };
}

/**
 * The embedded engine gathers no statistics by itself, and a server does so a minute later: until then the planner takes
 * 10,000 new rows for a handful. Measured on the matrix of such a repository: without 1,660 ms, with 160.
 */
async function refreshStatistics(database: Database, written: Written<IngestedScan>): Promise<void> {
  const { createdCount = 0, changedCount = 0, removedCount = 0 } = written;
  if (createdCount + changedCount + removedCount >= manyChanges) await analyzeTables(database);
}

/** Verdicts on what will be stored, by the keys as they are now; should they change meanwhile, `store` makes them again. */
async function verifyAhead(
  writer: Writer,
  scan: CheckedScan,
  read: ReadFiles,
  verifier: EvidenceVerifier,
): Promise<void> {
  const repository = await findRepositoryByFullName(writer.database, scan.repository.fullName);
  if (repository === null) return;
  const [keys = []] = await listTrustedKeysByRepository(writer.database, [repository.id]);
  verifier.trust(keys);
  const comparison = compareArtifacts(read.found, await listStoredArtifacts(writer.database, repository.id));
  for (const found of toStore(comparison)) await verifier.verify(found);
}

function toStore(comparison: Comparison): FoundArtifact[] {
  return [...comparison.created, ...comparison.changed.map(({ found }) => found)];
}

interface Storing {
  readonly tx: WriteTransaction;
  readonly writer: Writer;
  readonly scan: CheckedScan;
  readonly read: ReadFiles;
  readonly verifier: EvidenceVerifier;
  readonly startedAt: Date;
}

async function store({ tx, writer, scan, read, verifier, startedAt }: Storing): Promise<IngestedScan> {
  const repository = await lockRepository(tx, scan);
  const comparison = compareArtifacts(read.found, await listStoredArtifacts(tx, repository.id));
  const counts = countsOf(comparison, read.problems);
  const hasOtherSurroundings = await storeSurroundings(tx, repository.id, read.surroundings);
  const isSame = comparison.unchangedCount === read.found.length && comparison.removed.length === 0;
  if (isSame) {
    const latest = hasOtherSurroundings ? null : await findLatestScanByRepository(tx, repository.id);
    if (latest?.commitSha === scan.commitSha && hasSameProblems(latest.problems, read.problems)) {
      return { scan: latest.id, repository: repository.fullName, unchanged: true, ...counts };
    }
  } else {
    const ids = await storeComparison(tx, repository, comparison, verifier);
    await refreshLinks(
      tx,
      repository.id,
      comparison.removed.map((stored) => stored.gxpId),
    );
    tx.record(...artifactChanges(comparison, ids, repository.fullName));
  }
  const stored: NewScan = {
    id: randomUUID(),
    repositoryId: repository.id,
    commitSha: scan.commitSha,
    branch: scan.branch,
    requestedBy: writer.auth.subject,
    startedAt,
    durationMs: Date.now() - startedAt.getTime(),
    artifactsFound: countByKind(read.found),
    ...counts,
  };
  const revision = await insertScan(tx, stored, read.problems);
  await storeState(tx, repository.id, revision, read.found);
  await insertCoverageSnapshots(tx, repository.id, startedAt);
  const details = { commitSha: scan.commitSha, branch: scan.branch, ...counts, ...surroundingCounts(read) };
  tx.record({
    type: 'Scan',
    key: stored.id,
    action: 'repositoryScanned',
    repository: repository.fullName,
    details,
    payload: details,
  });
  return { scan: stored.id, repository: repository.fullName, unchanged: false, ...counts };
}

async function lockRepository(tx: WriteTransaction, scan: CheckedScan): Promise<StoredRepository> {
  const { repository: name, gitUrl, defaultBranch } = scan;
  let repository = await lockRepositoryByFullName(tx, name.fullName);
  if (repository === null) {
    if (gitUrl === null) {
      throw userError('NOT_FOUND', 'repository', `${name.fullName} is not registered. Register it, or give gitUrl.`);
    }
    repository = await insertRepository(tx, { ...name, name: name.repo, gitUrl, defaultBranch });
    if (repository !== null) {
      const key = { type: 'Repository', key: repository.fullName, repository: repository.fullName };
      tx.record({ ...key, action: 'repositoryRegistered', details: { gitUrl, defaultBranch } });
    }
    // Another scan registered it a moment ago.
    repository ??= await lockRepositoryByFullName(tx, name.fullName);
  }
  if (repository === null) throw new Error(`${name.fullName} could be neither found nor registered`);
  if (!repository.isActive) {
    throw userError('CONFLICT', 'repository', `${name.fullName} is deactivated. Activate it before it is scanned.`);
  }
  return repository;
}

/** Answers the ids of what was stored, by gxpId. */
async function storeComparison(
  tx: WriteTransaction,
  repository: StoredRepository,
  comparison: Comparison,
  verifier: EvidenceVerifier,
): Promise<Map<string, string>> {
  const [keys = []] = await listTrustedKeysByRepository(tx, [repository.id]);
  verifier.trust(keys);
  const rowsByKind = new Map<ArtifactKind, Readonly<Record<string, unknown>>[]>();
  for (const found of toStore(comparison)) {
    const rows = rowsByKind.get(found.artifact.kind) ?? [];
    rowsByKind.set(found.artifact.kind, rows);
    rows.push(toRow(found, await verifier.verify(found)));
  }
  // First what is gone: an id may have moved to another kind.
  await deleteArtifacts(tx, comparison.removed);
  const ids = await storeArtifacts(tx, repository.id, rowsByKind);
  await storeEvidenceFiles(tx, toStore(comparison), ids);
  await storeCriteria(tx, repository.id, toStore(comparison), ids);
  return ids;
}

/** For the trail: what stands around the artifacts has no entries of its own. */
function surroundingCounts({ surroundings: { decisions, risks, codeFiles } }: ReadFiles): Record<string, number> {
  const counts = { decisions: decisions.length, risks: risks.length, sourceFiles: codeFiles.length };
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

type Counts = Pick<IngestedScan, 'createdCount' | 'changedCount' | 'removedCount' | 'unchangedCount' | 'rejectedCount'>;

function countsOf(comparison: Comparison, problems: readonly Problem[]): Counts {
  const rejected = problems.filter((problem) => problem.severity === 'REJECTED');
  return {
    createdCount: comparison.created.length,
    changedCount: comparison.changed.length,
    removedCount: comparison.removed.length,
    unchangedCount: comparison.unchangedCount,
    rejectedCount: new Set(rejected.map((problem) => problem.path)).size,
  };
}

function countByKind(found: readonly FoundArtifact[]): Partial<Record<ArtifactKind, number>> {
  const counts: Partial<Record<ArtifactKind, number>> = {};
  for (const { artifact } of found) counts[artifact.kind] = (counts[artifact.kind] ?? 0) + 1;
  return counts;
}

function hasSameProblems(before: readonly Problem[], now: readonly Problem[]): boolean {
  const texts = (problems: readonly Problem[]): string[] =>
    problems.map(({ path, line, code, severity }) => JSON.stringify([path, line, code, severity])).sort();
  return JSON.stringify(texts(before)) === JSON.stringify(texts(now));
}
