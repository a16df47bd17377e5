import { isAbsolute, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { StartupError } from '../../../subgraphs/kernel/errors/index.js';
import { parseJUnit } from './junit.js';
import { readPlaywright } from './playwright.js';
import type { TestCase, TestRun } from './test-case.js';

/** The part of `jest --json` and `vitest --reporter=json` that is read; anything else may be there. */
const report = z.object({
  startTime: z.number(),
  // Jest alone tells this.
  wasInterrupted: z.boolean().optional(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), duration: z.number().nullish() })),
    }),
  ),
});

/**
 * Reads a test report: JUnit XML (pytest and many others), or the JSON of Jest, Vitest or Playwright. `root` is the
 * checkout that the tests ran in; `now` stands for the time of a report that tells none. Throws a StartupError when it is none of them.
 */
export function parseTestRun(text: string, root: string, now = new Date()): TestRun {
  const run = text.trimStart().startsWith('<') ? ofXml(text, root, now) : ofJson(toJson(text), root, now);
  if (run !== null) return run;
  throw new StartupError(
    'The test results are none that are read: JUnit XML, jest --json, vitest --reporter=json, playwright test --reporter=json.',
  );
}

function ofXml(text: string, root: string, now: Date): TestRun | null {
  const run = parseJUnit(text.trimStart());
  if (run === null) return null;
  return {
    tool: run.tool,
    version: null,
    startedAt: run.startedAt ?? now,
    cases: run.cases.map((each) => ({ ...each, file: toPath(each.file, root) })),
  };
}

function ofJson(value: unknown, root: string, now: Date): TestRun | null {
  // What nests deeper than a test suite can is none.
  const playwright = isDeep(value) ? null : readPlaywright(value);
  if (playwright !== null) {
    const { rootDir, version, startedAt, cases } = playwright;
    const toFile = (file: string): string => toPath(rootDir === null || file === '' ? file : join(rootDir, file), root);
    const inRoot = cases.map((each) => ({ ...each, file: toFile(each.file) }));
    return { tool: 'playwright', version, startedAt: startedAt ?? now, cases: inRoot };
  }
  const parsed = report.safeParse(value);
  if (!parsed.success) return null;
  return {
    tool: parsed.data.wasInterrupted === undefined ? 'vitest' : 'jest',
    version: null,
    startedAt: new Date(parsed.data.startTime),
    cases: parsed.data.testResults.flatMap(({ name, status, assertionResults }) => {
      const file = toPath(name, root);
      // A file that broke before its first test has no test to show for it.
      if (status === 'failed' && !assertionResults.some((each) => each.status === 'failed')) {
        return [{ file, name: '(the file could not be run)', status: 'failed' as const, durationMs: 0 }];
      }
      return assertionResults.map((each) => ({
        file,
        name: each.fullName,
        status: toStatus(each.status),
        durationMs: Math.round(each.duration ?? 0),
      }));
    }),
  };
}

const maxDepth = 100;

function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) return true;
    level = level.flatMap((each): unknown[] => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}

function toPath(file: string, root: string): string {
  const inside = isAbsolute(file) ? relative(root, file) : file;
  return inside.split(sep).join('/').replace(/^\.\//, '');
}

function toStatus(status: string): TestCase['status'] {
  return status === 'passed' || status === 'failed' ? status : 'skipped';
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
