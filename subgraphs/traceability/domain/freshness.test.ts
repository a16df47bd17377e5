import { describe, expect, test } from '@jest/globals';
import type { EvidenceSubject } from './evidence-subject.js';
import { subjectOfPayload } from './evidence-subject.js';
import { freshnessOf, type SourceState } from './freshness.js';

const [text, otherText, hash, otherHash] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
  string,
];
const specification = { gxpId: 'SPEC-1', path: '.gxp/specs/one.md', fingerprint: text };
const commit = '1234567890abcdef1234567890abcdef12345678';
const silent: EvidenceSubject = { gitCommit: null, systemStateHash: null, specFingerprint: null, files: [] };
const tested = (sha256: string) => [{ path: 'src/a.ts', sha256, sizeBytes: null }];
const sources = (changed: readonly string[] | null): SourceState => ({
  systemStateHashes: new Set([hash]),
  files: new Map([['src/a.ts', hash]]),
  annotations: new Map(),
  changesSince: new Map(changed === null ? [] : [[commit, new Set(changed)]]),
});
const unchanged = sources([]);

describe('evidence is', () => {
  test.each<[string, Partial<EvidenceSubject>, SourceState | null, string, string]>([
    ['CURRENT', { gitCommit: commit }, unchanged, 'CURRENT', 'as of commit 1234567890ab'],
    [
      'STALE',
      { gitCommit: commit },
      sources(['src/a.ts']),
      'STALE',
      '"src/a.ts" has changed since commit 1234567890ab',
    ],
    [
      'STALE',
      { gitCommit: commit },
      sources([specification.path]),
      'STALE',
      'The text of SPEC-1 has changed since commit',
    ],
    ['UNKNOWN', { gitCommit: commit }, sources(null), 'UNKNOWN', 'does not have the commit 1234567890ab'],
    ['UNKNOWN', { gitCommit: commit }, null, 'UNKNOWN', 'did not tell of sources'],
    ['UNKNOWN', {}, unchanged, 'UNKNOWN', 'neither a commit nor hashes'],
    ['CURRENT', { systemStateHash: hash }, sources(null), 'CURRENT', 'system_state_hash'],
    ['STALE', { systemStateHash: otherHash }, sources(null), 'STALE', 'system_state_hash'],
    // Another file of the tree may have changed: the commit tells of those that it is for.
    ['CURRENT', { gitCommit: commit, systemStateHash: otherHash }, unchanged, 'CURRENT', 'as of commit'],
    ['CURRENT', { files: tested(hash) }, sources(null), 'CURRENT', 'those that were tested'],
    ['STALE', { files: tested(otherHash) }, unchanged, 'STALE', '"src/a.ts" is not the file that was tested'],
    ['STALE', { files: [{ ...tested(hash)[0]!, path: 'src/gone.ts' }] }, unchanged, 'STALE', 'is not there any more'],
    // What was tested says more than which commit it was.
    ['CURRENT', { gitCommit: commit, files: tested(hash) }, sources(['src/a.ts']), 'CURRENT', 'those that were tested'],
    [
      'STALE',
      { specFingerprint: otherText, gitCommit: commit },
      unchanged,
      'STALE',
      'The text of SPEC-1 is not the one',
    ],
    ['CURRENT', { specFingerprint: text, gitCommit: commit }, sources([specification.path]), 'CURRENT', 'as of commit'],
  ])('%s: %j', (_, claims, state, freshness, reason) => {
    const found = freshnessOf({ ...silent, ...claims }, specification, ['src/a.ts'], state);
    expect(found).toEqual({ freshness, reason: expect.stringContaining(reason) });
  });

  test('UNKNOWN when its specification is elsewhere', () => {
    expect(freshnessOf({ ...silent, gitCommit: commit }, null, [], unchanged).freshness).toBe('UNKNOWN');
  });

  test('judged by its tree when its specification names no files, and UNKNOWN without one', () => {
    const claims = { ...silent, gitCommit: commit };
    expect(freshnessOf({ ...claims, systemStateHash: otherHash }, specification, [], unchanged).freshness).toBe(
      'STALE',
    );
    expect(freshnessOf(claims, specification, [], unchanged)).toEqual({
      freshness: 'UNKNOWN',
      reason: 'Its specification names no source and test files.',
    });
  });
});

test('what evidence was made on is read in each spelling, and what is no commit or hash says nothing', () => {
  expect(
    subjectOfPayload({ system_state: `git:${commit.toUpperCase()}`, system_state_hash: `sha256:${hash}` }),
  ).toEqual({
    ...silent,
    gitCommit: commit,
    systemStateHash: hash,
  });
  expect(
    subjectOfPayload({ git_commit: 'HEAD; rm -rf', system_state_hash: 'sha256:abc', tested_files: 'all' }),
  ).toEqual(silent);
  expect(subjectOfPayload({}, { git_commit: commit }).gitCommit).toBe(commit);
  const files = [{ path: 'src/a.ts', sha256: hash }, { path: '../etc/passwd', sha256: hash }, { path: 'src/b.ts' }, 7];
  expect(subjectOfPayload({ tested_files: files }).files).toEqual(tested(hash));
});
