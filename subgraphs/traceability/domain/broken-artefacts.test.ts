import { describe, expect, test } from '@jest/globals';
import { brokenArtefacts, soundArtefacts } from '../../../tests/testkit/broken-artefacts.js';
import { checkArtefactSet, parseArtefactFile } from './index.js';

const broken = brokenArtefacts();

describe('a folder of broken artefacts', () => {
  test('has at least sixty of them', () => {
    expect(broken.length).toBeGreaterThanOrEqual(60);
    expect(new Set(broken.map((file) => file.path)).size).toBe(broken.length);
  });

  const parsed = [...soundArtefacts, ...broken].map((file) => ({ file, result: parseArtefactFile(file) }));
  const set = checkArtefactSet(parsed.flatMap(({ result }) => (result.artefact === null ? [] : [result.artefact])));
  const problems = [...parsed.flatMap(({ result }) => result.problems), ...set.problems];

  test.each(broken.map((file) => [file.what, file] as const))('%s is reported with its line and code', (_, file) => {
    const { path, line, code, severity } = file;
    const own = problems.filter((problem) => problem.path === path);
    expect(own).toContainEqual({ path, line, code, severity, reason: expect.stringMatching(/^["\w].{10,400}\.$/s) });
    expect(new Set(own.map((problem) => problem.code))).toEqual(new Set([code]));
  });

  test('leaves the sound files beside it alone', () => {
    const sound = soundArtefacts.map((file) => file.path);
    expect(problems.filter((problem) => sound.includes(problem.path))).toEqual([]);
    expect(set.artefacts.map((artefact) => artefact.path)).toEqual(expect.arrayContaining(sound));
  });

  test('gives no artefact for a rejected file and one for each flagged file', () => {
    const standing = new Set(set.artefacts.map((artefact) => artefact.path));
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
