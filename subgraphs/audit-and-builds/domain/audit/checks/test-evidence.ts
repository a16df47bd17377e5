/** T1: what changed has a test that names or imports it. */
import { posix } from 'node:path';
import { isFixture, isForeign, isTest } from '../places.js';
import { ContractError } from '../contract.js';
import type { Check, CheckInput } from '../check.js';
import type { Finding } from '../types.js';
import { languageOf } from '../sources/facts.js';

const source = /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|rb|cs|php|swift)$/;
const declarations = /\.d\.[cm]?ts$|(?:^|\/)(?:[\w.-]+\.config|setup|conftest|__init__)\.\w+$/;

/** `src/sign.ts` → `sign`, `tests/test_sign.py` → `sign`. */
function subjectOf(path: string): string {
  return posix
    .basename(path)
    .replace(/\.\w+$/, '')
    .replace(/^test_|[._-](?:test|spec|e2e)$|_test$/, '');
}

export const testEvidenceCheck: Check = {
  code: 'T1',
  name: 'Tests of what changed',
  run({ files, repository, changedPaths }: CheckInput) {
    if (files.length === 0) throw new ContractError('There are no files to judge.');
    const { paths } = repository;
    // What the commit deleted is in the changed paths and not among the files: nothing is left to test.
    const changed = (changedPaths ?? [...paths]).filter((path) => paths.has(path));
    const sources = changed.filter(
      (path) => source.test(path) && !declarations.test(path) && !isTest(path) && !isFixture(path) && !isForeign(path),
    );
    if (sources.length === 0) return { findings: [], remark: { result: 'PASS', text: 'No source has changed.' } };
    const testFiles = [...paths].filter((path) => isTest(path) && source.test(path));
    const named = new Set(testFiles.map(subjectOf));
    const imported = new Set(
      repository.sources
        .filter(({ path }) => isTest(path) && languageOf(path) !== null)
        .flatMap((test) => test.facts.imports.flatMap((fact) => repository.targetsOf(test, fact))),
    );
    const near = new Set(testFiles.map((path) => posix.dirname(path).replace(/\/(?:__tests__|tests?|spec)$/, '')));
    const untested = sources.filter((path) => !named.has(subjectOf(path)) && !imported.has(path));
    return {
      findings: untested.map((path): Finding => {
        const isBare = !near.has(posix.dirname(path));
        return {
          rule: isBare ? 'untested-change' : 'unnamed-by-tests',
          severity: isBare ? 'ERROR' : 'WARNING',
          path,
          line: null,
          message: isBare ? 'changed without a test' : 'is not named by the tests beside it',
        };
      }),
    };
  },
};
