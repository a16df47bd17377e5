import { describe, expect, test } from '@jest/globals';
import { brokenArtifacts, soundArtifacts } from '../../../tests/testkit/broken-artifacts.js';
import { checkArtifactSet, parseArtifactFile } from './index.js';

const broken = brokenArtifacts();

describe('a folder of broken artifacts', () => {
  test('has at least sixty of them', () => {
    expect(broken.length).toBeGreaterThanOrEqual(60);
    expect(new Set(broken.map((file) => file.path)).size).toBe(broken.length);
  });

  const parsed = [...soundArtifacts, ...broken].map((file) => ({ file, result: parseArtifactFile(file) }));
  const set = checkArtifactSet(parsed.flatMap(({ result }) => (result.artifact === null ? [] : [result.artifact])));
  const problems = [...parsed.flatMap(({ result }) => result.problems), ...set.problems];

  test.each(broken.map((file) => [file.what, file] as const))('%s is reported with its line and code', (_, file) => {
    const { path, line, code, severity } = file;
    const own = problems.filter((problem) => problem.path === path);
    expect(own).toContainEqual({ path, line, code, severity, reason: expect.stringMatching(/^["\w].{10,400}\.$/s) });
    expect(new Set(own.map((problem) => problem.code))).toEqual(new Set([code]));
  });

  test('leaves the sound files beside it alone', () => {
    const sound = soundArtifacts.map((file) => file.path);
    expect(problems.filter((problem) => sound.includes(problem.path))).toEqual([]);
    expect(set.artifacts.map((artifact) => artifact.path)).toEqual(expect.arrayContaining(sound));
  });

  test('gives no artifact for a rejected file and one for each flagged file', () => {
    const standing = new Set(set.artifacts.map((artifact) => artifact.path));
    const expected = broken.filter((file) => file.severity === 'FLAGGED').map((file) => file.path);
    expect(broken.map((file) => file.path).filter((path) => standing.has(path))).toEqual(expected);
  });

  test('is told without control characters, whatever the files hold', () => {
    for (const { reason } of problems) expect(reason).not.toMatch(/\p{Cc}/u);
  });

  test('names the ids that are declared twice', () => {
    expect([...set.duplicateIds]).toEqual(['REQ-901', 'US-900']);
  });
});
