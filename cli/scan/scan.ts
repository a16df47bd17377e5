/** One scan: a checkout's artifacts into the graph, and what that changed. */
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import {
  parseRemoteUrl,
  type Checkout,
  type CheckoutEntry,
  type CheckoutFacts,
  type CheckoutSources,
} from '../checkout/index.js';
import type { GraphClient } from '../graph-client/index.js';
import { coverageQuery, ingestMutation, rejectionsQuery, trustMutation } from './operations.js';

export interface LevelCoverage {
  readonly total: number;
  readonly covered: number;
  readonly deeplyCovered: number;
}

export interface CoverageFigures {
  readonly requirements: LevelCoverage;
  readonly userStories: LevelCoverage;
  readonly specifications: LevelCoverage;
  readonly evidence: LevelCoverage;
}

export interface Rejection {
  readonly path: string;
  /** Null when the fault is in no line. */
  readonly line: number | null;
  readonly code: string;
  readonly reason: string;
  /** `REJECTED`: the file gave no artifact. `FLAGGED`: it did, and has a fault. */
  readonly severity: string;
}

export interface ScanReport {
  readonly repository: string;
  readonly commitSha: string;
  readonly branch: string | null;
  /** True when uncommitted changes were read; null when nobody can tell. */
  readonly dirty: boolean | null;
  readonly found: number;
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** The graph held this commit with the same files already. */
  readonly alreadyStored: boolean;
  readonly rejected: readonly Rejection[];
  readonly flagged: readonly Rejection[];
  /** Before is null when the repository was not known. */
  readonly coverage: { readonly before: CoverageFigures | null; readonly after: CoverageFigures | null };
  readonly durationMs: number;
}

export type ScanOutcome =
  | { readonly report: ScanReport; readonly userErrors: readonly [] }
  | { readonly report: null; readonly userErrors: readonly { readonly code: string; readonly message: string }[] };

interface ScannedFile {
  readonly path: string;
  readonly content?: string;
  readonly contentBase64?: string;
  readonly sha256?: string;
  readonly sizeBytes?: number;
}

export interface ScanRequest {
  readonly checkout: Checkout;
  readonly client: GraphClient;
  /** Public keys (JWK) that the caller trusts to sign this repository's evidence. A repository's own word for them is not enough. */
  readonly trustedKeys: readonly object[];
  /** Told how many of the candidate files have been read. */
  readonly onProgress: (read: number) => void;
}

interface CoverageAnswer {
  readonly repository: {
    readonly id: string;
    readonly gitUrl?: string | null;
    readonly coverage: CoverageFigures;
  } | null;
}

export async function scanCheckout({ checkout, client, trustedKeys, onProgress }: ScanRequest): Promise<ScanOutcome> {
  const start = performance.now();
  const { files, unread, entries } = await readCandidates(checkout, onProgress);
  const { facts } = checkout;
  const repository = `${facts.owner}/${facts.repo}`;
  const before = await client.request<CoverageAnswer>(coverageQuery, { repository });
  assertSame(facts, before.repository?.gitUrl ?? null);
  const { scanIngest } = await client.request<IngestAnswer>(ingestMutation, {
    input: toInput(facts, repository, files, await checkout.readSources(entries)),
  });
  if (scanIngest.scan === null) return { report: null, userErrors: scanIngest.userErrors };
  const { scan } = scanIngest;
  const refusals = await trust(client, scanIngest.repository?.id, trustedKeys);
  if (refusals.length > 0) return { report: null, userErrors: refusals };
  const after =
    trustedKeys.length === 0 ? scanIngest : await client.request<CoverageAnswer>(coverageQuery, { repository });
  const problems = [...unread, ...(await readRejections(client, scan.id))].sort(byPlace);
  return {
    report: {
      repository,
      commitSha: facts.commitSha,
      branch: facts.branch,
      dirty: facts.dirty,
      found: scan.artifactsFound.reduce((sum, kind) => sum + kind.count, 0),
      created: scanIngest.unchanged ? 0 : scan.createdCount,
      changed: scanIngest.unchanged ? 0 : scan.changedCount,
      removed: scanIngest.unchanged ? 0 : scan.removedCount,
      unchanged: scanIngest.unchanged
        ? scan.artifactsFound.reduce((sum, kind) => sum + kind.count, 0)
        : scan.unchangedCount,
      alreadyStored: scanIngest.unchanged,
      rejected: problems.filter((problem) => problem.severity === 'REJECTED'),
      flagged: problems.filter((problem) => problem.severity !== 'REJECTED'),
      coverage: { before: before.repository?.coverage ?? null, after: after.repository?.coverage ?? null },
      durationMs: Math.round(performance.now() - start),
    },
    userErrors: [],
  };
}

/** One name on two hosts is two repositories: the scan of one would remove what the other has. */
function assertSame({ remoteUrl, owner, repo, isNamed }: CheckoutFacts, registeredUrl: string | null): void {
  const [registered, scanned] = [registeredUrl ?? '', remoteUrl].map(parseRemoteUrl);
  if (isNamed || !registered || !scanned || registered.host === scanned.host) return;
  throw new StartupError(
    `${owner}/${repo} in the graph is ${registered.url}, and this checkout is of ${scanned.url}: say with --repository owner/name whether it is the same repository, or under which other name it is to be known.`,
  );
}

interface IngestAnswer {
  readonly scanIngest: {
    readonly unchanged: boolean;
    readonly scan: {
      readonly id: string;
      readonly createdCount: number;
      readonly changedCount: number;
      readonly removedCount: number;
      readonly unchangedCount: number;
      readonly artifactsFound: readonly { readonly count: number }[];
    } | null;
    readonly repository: CoverageAnswer['repository'];
    readonly userErrors: readonly { readonly code: string; readonly message: string }[];
  };
}

interface TrustAnswer {
  readonly trustedKeyAdd: { readonly userErrors: readonly { readonly code: string; readonly message: string }[] };
}

/** A key that is trusted already is what was asked for. */
async function trust(client: GraphClient, repositoryId: string | undefined, keys: readonly object[]) {
  const refusals: { readonly code: string; readonly message: string }[] = [];
  for (const jwk of keys) {
    const { trustedKeyAdd } = await client.request<TrustAnswer>(trustMutation, { input: { repositoryId, jwk } });
    refusals.push(...trustedKeyAdd.userErrors.filter(({ code }) => code !== 'ALREADY_EXISTS'));
  }
  return refusals;
}

interface Candidates {
  readonly files: readonly ScannedFile[];
  readonly unread: readonly Rejection[];
  readonly entries: readonly CheckoutEntry[];
}

async function readCandidates(checkout: Checkout, onProgress: (read: number) => void): Promise<Candidates> {
  const files: ScannedFile[] = [];
  const unread: Rejection[] = [];
  const entries: CheckoutEntry[] = [];
  for await (const entry of checkout.entries) {
    const { file, digest, problem } = entry;
    entries.push(entry);
    if (problem !== null) unread.push({ ...problem, severity: 'REJECTED' });
    else if (file === null) files.push(digest);
    else files.push(toScannedFile(file.path, file.content));
    onProgress(files.length + unread.length);
  }
  return { files, unread, entries };
}

/** Text as text, which is smaller on the way; what is not UTF-8 goes as bytes, so that the graph says what is wrong with it. */
function toScannedFile(path: string, content: Uint8Array): ScannedFile {
  try {
    return { path, content: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content) };
  } catch {
    return { path, contentBase64: Buffer.from(content).toString('base64') };
  }
}

function toInput(facts: CheckoutFacts, repository: string, files: readonly ScannedFile[], sources: CheckoutSources) {
  return {
    repository,
    gitUrl: facts.remoteUrl,
    defaultBranch: facts.defaultBranch,
    commitSha: facts.commitSha,
    branch: facts.branch,
    files,
    sources,
  };
}

interface RejectionsPage {
  readonly scan: {
    readonly rejections: {
      readonly nodes: readonly Rejection[];
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    };
  } | null;
}

async function readRejections(client: GraphClient, scan: string): Promise<Rejection[]> {
  const rejections: Rejection[] = [];
  for (let after: string | null = null; ;) {
    const page: RejectionsPage = await client.request<RejectionsPage>(rejectionsQuery, { scan, after });
    if (page.scan === null) return rejections;
    rejections.push(...page.scan.rejections.nodes);
    if (!page.scan.rejections.pageInfo.hasNextPage) return rejections;
    after = page.scan.rejections.pageInfo.endCursor;
  }
}

function byPlace(a: Rejection, b: Rejection): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : (a.line ?? 0) - (b.line ?? 0);
}
