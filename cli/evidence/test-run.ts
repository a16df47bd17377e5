import { relative, sep } from 'node:path';
import { z } from 'zod';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';

export interface TestCase {
  /** Relative to the checkout's root, with `/`. */
  readonly file: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
}

/** A test run as evidence needs it. */
export interface TestRun {
  readonly startedAt: Date;
  readonly cases: readonly TestCase[];
}

/** The part of `jest --json` (and `vitest --reporter=json`) that is read; anything else may be there. */
const report = z.object({
  startTime: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string(), duration: z.number().nullish() })),
    }),
  ),
});

/** Reads a test report. `root` is the checkout that the tests ran in. Throws a StartupError when it is no such report. */
export function parseTestRun(resultsJson: string, root: string): TestRun {
  const parsed = report.safeParse(toJson(resultsJson));
  if (!parsed.success) throw new StartupError('The test results are not a report of jest --json --outputFile=<file>.');
  return {
    startedAt: new Date(parsed.data.startTime),
    cases: parsed.data.testResults.flatMap(({ name, status, assertionResults }) => {
      const file = relative(root, name).split(sep).join('/');
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
