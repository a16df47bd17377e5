/** A9: what changed has a test that names or imports it. */
import { posix } from 'node:path';
import { listImports } from './imports.js';
import { toDetail, type AuditSubject, type Check } from './types.js';

const source = /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|cs|php|swift)$/;
const declarations = /\.d\.[cm]?ts$|(?:^|\/)(?:[\w.-]+\.config|setup|conftest|__init__)\.\w+$/;
const tests = /(?:^|\/)(?:__tests__|tests?|spec)\/|[._-](?:test|spec)\.\w+$|(?:^|\/)test_[^/]+$|_test\.\w+$/;

/** `src/sign.ts` → `sign`, `tests/test_sign.py` → `sign`. */
function subjectOf(path: string): string {
  return posix
    .basename(path)
    .replace(/\.\w+$/, '')
    .replace(/^test_|[._-](?:test|spec)$|_test$/, '');
}

export const testEvidenceCheck: Check = {
  code: 'A9',
  name: 'Tests of what changed',
  run({ files, changedPaths }: AuditSubject) {
    if (files.length === 0) return { result: 'ERROR', detail: 'There are no files to judge.' };
    const paths = new Set(files.map(({ path }) => path));
    // What the commit deleted is in the changed paths and not among the files: nothing is left to test.
    const changed = (changedPaths ?? [...paths]).filter((path) => paths.has(path));
    const sources = changed.filter((path) => source.test(path) && !declarations.test(path) && !tests.test(path));
    if (sources.length === 0) return { result: 'PASS', detail: 'No source has changed.' };
    const testFiles = files.filter(({ path }) => tests.test(path) && source.test(path));
    const named = new Set(testFiles.map(({ path }) => subjectOf(path)));
    const imported = new Set(testFiles.flatMap((file) => listImports(file, paths).map(({ target }) => target)));
    const near = new Set(testFiles.map(({ path }) => posix.dirname(path).replace(/\/(?:__tests__|tests?|spec)$/, '')));
    const untested = sources.filter((path) => !named.has(subjectOf(path)) && !imported.has(path));
    const bare = untested.filter((path) => !near.has(posix.dirname(path)));
    if (bare.length > 0)
      return { result: 'FAIL', detail: toDetail(bare.map((path) => `${path} changed without a test`)) };
    const detail = toDetail(untested.map((path) => `${path} is not named by the tests beside it`));
    return { result: untested.length > 0 ? 'WARN' : 'PASS', detail };
  },
};
