/** What evidence was made on: the commit, the sources and the text that its signer says were in front of the tests. */
import type { EvidenceFile } from './evidence-file.js';
import type { JsonObject, JsonValue } from './json-values.js';
import { checkRelativePath } from './file-text.js';

export interface EvidenceSubject {
  /** The commit that was tested, in lower case; may be shortened to 7 digits or more. */
  readonly gitCommit: string | null;
  /** SHA-256, hex, over the tree of sources. */
  readonly systemStateHash: string | null;
  /** The fingerprint of the specification's text. */
  readonly specFingerprint: string | null;
  /** Source and test files as they were. */
  readonly files: readonly EvidenceFile[];
}

/** Claims that are not of the right form say nothing. `more` is looked at where the payload itself is silent. */
export function subjectOfPayload(payload: JsonObject, more: JsonObject = {}): EvidenceSubject {
  const claim = (...names: readonly string[]): JsonValue | undefined =>
    [payload, more].flatMap((each) => names.map((name) => each[name])).find((value) => value != null);
  return {
    gitCommit:
      commitOf(claim('git_commit', 'gitCommit', 'commit_sha')) ??
      commitOf(/^git:(.+)$/.exec(String(claim('system_state') ?? ''))?.[1]),
    systemStateHash: sha256Of(claim('system_state_hash', 'systemStateHash')),
    specFingerprint: sha256Of(claim('spec_fingerprint')),
    files: filesOf(claim('tested_files')),
  };
}

function commitOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && /^[0-9a-f]{7,64}$/i.test(value) ? value.toLowerCase() : null;
}

/** Hex in lower case, with or without the name of the algorithm before it. */
export function sha256Of(value: JsonValue | undefined): string | null {
  const hex = typeof value === 'string' ? /^(?:sha-?256:)?([0-9a-f]{64})$/i.exec(value)?.[1] : undefined;
  return hex?.toLowerCase() ?? null;
}

/** More than a specification can name. */
const maxTestedFiles = 2_000;

function filesOf(value: JsonValue | undefined): EvidenceFile[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonValue[]).slice(0, maxTestedFiles).flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return [];
    const { path, sha256 } = entry as JsonObject;
    const hex = sha256Of(sha256);
    if (typeof path !== 'string' || hex === null || checkRelativePath(path) !== null) return [];
    return [{ path, sha256: hex, sizeBytes: null }];
  });
}
