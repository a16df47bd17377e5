export interface TestCase {
  /** Relative to the checkout's root, with `/`. Empty when the report doesn't say. */
  readonly file: string;
  readonly name: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
}

/** A test run as evidence needs it. */
export interface TestRun {
  /** `jest`, `vitest`, `playwright`, `pytest`, or `junit` for whoever doesn't say. */
  readonly tool: string;
  readonly version: string | null;
  readonly startedAt: Date;
  readonly cases: readonly TestCase[];
}
