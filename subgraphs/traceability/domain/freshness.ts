/** Whether evidence was made on the text and the code that stand there now. */
import type { AnnotationLine } from './annotations.js';
import type { SpecificationArtifact } from './artifact-types.js';
import type { EvidenceSubject } from './evidence-subject.js';
import { fingerprintOf } from './fingerprint.js';
import { quoted } from './problems.js';

export type FreshnessValue = 'CURRENT' | 'STALE' | 'UNKNOWN';

export interface Freshness {
  readonly freshness: FreshnessValue;
  /** One sentence for a reviewer. */
  readonly reason: string;
}

/** What a checkout tells about its sources. */
export interface SourceState {
  /** Hex, over the trees below folders named `src`, in each of the ways in which it is computed; empty when there is none. */
  readonly systemStateHashes: ReadonlySet<string>;
  /** By commit, as evidence names it: the paths that differ now. A commit that the checkout doesn't have is not in it. */
  readonly changesSince: ReadonlyMap<string, ReadonlySet<string>>;
  /** By path: SHA-256, hex, of every file that specifications name or that is annotated, as far as it exists. */
  readonly files: ReadonlyMap<string, string>;
  /** By path: the lines of those files that bear tags. */
  readonly annotations: ReadonlyMap<string, readonly AnnotationLine[]>;
}

/** One way to tell: what it says of the text or the code, or null where it can't. */
type Finding = { readonly isCurrent: boolean; readonly reason: string } | null;

/**
 * The claims of evidence held against what is there. The more exact claim decides: of the text its fingerprint, else the
 * commit; of the code the hashes of its files, else the commit, else `system_state_hash`, which any file of the tree changes.
 * `files` are the files of the specification. `sources` is null where nobody told of them.
 */
export function freshnessOf(
  subject: EvidenceSubject,
  specification: (Pick<SpecificationArtifact, 'gxpId' | 'path'> & { readonly fingerprint: string }) | null,
  files: readonly string[],
  sources: SourceState | null,
): Freshness {
  if (specification === null) return { freshness: 'UNKNOWN', reason: 'Its specification is not in this repository.' };
  const changed = changesSince(subject, sources);
  const text = ofFingerprint(subject, specification) ?? ofChangedText(subject, specification, changed);
  const code = ofHashes(subject, sources) ?? ofChangedFiles(subject, files, changed) ?? ofStateHash(subject, sources);
  const stale = [text, code].find((finding) => finding?.isCurrent === false);
  if (stale) return { freshness: 'STALE', reason: stale.reason };
  if (code !== null) return { freshness: 'CURRENT', reason: code.reason };
  return { freshness: 'UNKNOWN', reason: whyUnknown(subject, sources) };
}

export function toSpecificationText(artifact: SpecificationArtifact) {
  return { gxpId: artifact.gxpId, path: artifact.path, fingerprint: fingerprintOf(artifact) };
}

function changesSince({ gitCommit }: EvidenceSubject, sources: SourceState | null): ReadonlySet<string> | null {
  return gitCommit === null ? null : (sources?.changesSince.get(gitCommit) ?? null);
}

function ofFingerprint(subject: EvidenceSubject, specification: { gxpId: string; fingerprint: string }): Finding {
  if (subject.specFingerprint === null) return null;
  return subject.specFingerprint === specification.fingerprint
    ? { isCurrent: true, reason: 'The text is the one that it was made for.' }
    : { isCurrent: false, reason: `The text of ${specification.gxpId} is not the one that it was made for.` };
}

function ofChangedText(
  { gitCommit }: EvidenceSubject,
  { gxpId, path }: { gxpId: string; path: string },
  changed: ReadonlySet<string> | null,
): Finding {
  if (changed === null) return null;
  return changed.has(path)
    ? { isCurrent: false, reason: `The text of ${gxpId} has changed since commit ${short(gitCommit)}.` }
    : { isCurrent: true, reason: `The text is as of commit ${short(gitCommit)}.` };
}

function ofHashes({ files }: EvidenceSubject, sources: SourceState | null): Finding {
  if (files.length === 0 || sources === null) return null;
  const other = files.find(({ path, sha256 }) => sources.files.get(path) !== sha256);
  if (other === undefined) return { isCurrent: true, reason: 'Its source and test files are those that were tested.' };
  return {
    isCurrent: false,
    reason: sources.files.has(other.path)
      ? `${quoted(other.path)} is not the file that was tested.`
      : `${quoted(other.path)}, which was tested, is not there any more.`,
  };
}

function ofChangedFiles(
  { gitCommit }: EvidenceSubject,
  files: readonly string[],
  changed: ReadonlySet<string> | null,
): Finding {
  if (changed === null || files.length === 0) return null;
  const path = files.find((each) => changed.has(each));
  return path === undefined
    ? { isCurrent: true, reason: `Its source and test files are as of commit ${short(gitCommit)}.` }
    : { isCurrent: false, reason: `${quoted(path)} has changed since commit ${short(gitCommit)}.` };
}

function ofStateHash({ systemStateHash }: EvidenceSubject, sources: SourceState | null): Finding {
  const now = sources?.systemStateHashes ?? new Set();
  if (systemStateHash === null || now.size === 0) return null;
  return now.has(systemStateHash)
    ? { isCurrent: true, reason: 'The sources below src/ are those that its system_state_hash names.' }
    : { isCurrent: false, reason: 'The sources below src/ are not those that its system_state_hash names.' };
}

function whyUnknown({ gitCommit }: EvidenceSubject, sources: SourceState | null): string {
  if (sources === null) return 'The scan did not tell of sources.';
  if (gitCommit === null) return 'It names neither a commit nor hashes that could be held against the sources.';
  return sources.changesSince.has(gitCommit)
    ? 'Its specification names no source and test files.'
    : `The checkout does not have the commit ${short(gitCommit)} that it names.`;
}

function short(commit: string | null): string {
  return commit?.slice(0, 12) ?? '';
}
