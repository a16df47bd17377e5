/** `playwright test --reporter=json`. */
import { z } from 'zod';
import type { TestCase } from './test-case.js';

const spec = z.object({
  title: z.string(),
  file: z.string().optional(),
  tests: z.array(
    z.object({
      status: z.string(),
      projectName: z.string().optional(),
      results: z.array(z.object({ duration: z.number().optional() })).default([]),
    }),
  ),
});
interface Suite {
  readonly title: string;
  readonly file?: string | undefined;
  readonly specs: readonly z.infer<typeof spec>[];
  readonly suites: readonly Suite[];
}
const suite: z.ZodType<Suite> = z.object({
  title: z.string(),
  file: z.string().optional(),
  specs: z.array(spec).default([]),
  suites: z.lazy(() => z.array(suite)).default([]),
});

const report = z.object({
  config: z.object({ rootDir: z.string().optional(), version: z.string().optional() }).optional(),
  suites: z.array(suite),
  errors: z.array(z.unknown()).default([]),
  stats: z.object({ startTime: z.string().optional() }),
});

export interface PlaywrightRun {
  readonly startedAt: Date | null;
  readonly version: string | null;
  /** What paths are relative to; null: nobody knows. */
  readonly rootDir: string | null;
  readonly cases: readonly TestCase[];
}

const statusOf: Readonly<Record<string, TestCase['status']>> = {
  expected: 'passed',
  // It passed in the end, and not at first: no proof.
  flaky: 'failed',
  unexpected: 'failed',
  skipped: 'skipped',
};

/** Null when the value is no such report. */
export function readPlaywright(value: unknown): PlaywrightRun | null {
  const parsed = report.safeParse(value);
  if (!parsed.success) return null;
  const { suites, config, errors, stats } = parsed.data;
  const cases: TestCase[] = [];
  const walk = ({ title, file, specs, suites: inner }: Suite, above: readonly string[]): void => {
    const path = title === file ? above : [...above, title];
    for (const each of specs) {
      for (const { status, projectName, results } of each.tests) {
        cases.push({
          file: each.file ?? file ?? '',
          name: [...path, each.title, ...(projectName ? [`[${projectName}]`] : [])].join(' '),
          status: statusOf[status] ?? 'failed',
          durationMs: Math.round(results.reduce((sum, { duration = 0 }) => sum + duration, 0)),
        });
      }
    }
    for (const each of inner) walk(each, path);
  };
  for (const each of suites) walk(each, []);
  if (errors.length > 0) cases.push({ file: '', name: '(the run had errors)', status: 'failed', durationMs: 0 });
  const started = new Date(stats.startTime ?? Number.NaN);
  return {
    startedAt: Number.isNaN(started.getTime()) ? null : started,
    version: config?.version ?? null,
    rootDir: config?.rootDir ?? null,
    cases,
  };
}
