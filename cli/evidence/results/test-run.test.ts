import { describe, expect, test } from '@jest/globals';
import { StartupError } from '../../../subgraphs/kernel/errors/index.js';
import { parseTestRun } from './test-run.js';

const now = new Date('2026-03-01T12:00:00Z');
const read = (report: string | object) =>
  parseTestRun(typeof report === 'string' ? report : JSON.stringify(report), '/checkout', now);
const outline = (report: string | object) => {
  const { tool, cases } = read(report);
  return [tool, ...cases.map(({ file, name, status }) => `${status} ${file}: ${name}`)];
};

const junit: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'pytest, which names modules',
    `<?xml version="1.0"?><testsuites><testsuite name="pytest" timestamp="2026-02-01T10:00:00" tests="4">
      <testcase classname="tests.unit.test_pump.TestDose" name="test_limit" time="0.012"/>
      <testcase classname="tests.unit.test_pump" name="test_alarm[3-4]" time="0"><failure message="a &lt; b">…</failure></testcase>
      <testcase classname="tests.unit.test_pump" name="test_old"><skipped type="pytest.skip"/></testcase>
      <testcase classname="tests.unit.test_pump" name="test_torn_down"><error/></testcase></testsuite></testsuites>`,
    [
      'pytest',
      'passed tests/unit/test_pump.py: tests.unit.test_pump.TestDose test_limit',
      'failed tests/unit/test_pump.py: tests.unit.test_pump test_alarm[3-4]',
      'skipped tests/unit/test_pump.py: tests.unit.test_pump test_old',
      'failed tests/unit/test_pump.py: tests.unit.test_pump test_torn_down',
    ],
  ],
  [
    'Vitest, which names files in place of classes',
    `<testsuites name="vitest tests"><testsuite name="src/a.test.ts">
      <testcase classname="src/a.test.ts" name="adds &gt; two"/></testsuite></testsuites>`,
    ['vitest', 'passed src/a.test.ts: adds > two'],
  ],
  [
    'one that has the file at the suite, and a suite without any test',
    `<testsuite name="Dose" file="/checkout/src/b.test.ts"><testcase classname="Dose" name="is kept"/></testsuite>`,
    ['junit', 'passed src/b.test.ts: Dose is kept'],
  ],
  ['an empty one', '<testsuites/>', ['junit']],
  [
    'entities of its own, which stay what they are',
    `<!DOCTYPE t [<!ENTITY lol "lol"><!ENTITY big "&lol;&lol;">]><testsuite name="x"><testcase file="a" name="&big;"/></testsuite>`,
    ['junit', 'passed a: &big;'],
  ],
];

describe('test results are read from', () => {
  test.each(junit)('JUnit XML of %s', (_, xml, expected) => {
    expect(outline(xml)).toEqual(expected);
  });

  const assertions = [
    { fullName: 'adds two', status: 'passed', duration: 2 },
    { fullName: 'later', status: 'todo' },
  ];
  const jest = {
    startTime: 0,
    testResults: [{ name: '/checkout/a.test.ts', status: 'passed', assertionResults: assertions }],
  };
  test.each([
    ['jest', { ...jest, wasInterrupted: false }],
    ['vitest', jest],
  ])('JSON of %s', (tool, report) => {
    expect(outline(report)).toEqual([tool, 'passed a.test.ts: adds two', 'skipped a.test.ts: later']);
  });

  test('JSON of Playwright, where what passed only when tried again has failed', () => {
    const spec = (title: string, status: string) => ({
      title,
      file: 'dose.spec.ts',
      tests: [{ status, projectName: 'chromium', results: [{ duration: 7 }, { duration: 5 }] }],
    });
    const report = {
      config: { rootDir: '/checkout/tests/e2e', version: '1.50.0' },
      stats: { startTime: '2026-02-01T10:00:00.000Z' },
      suites: [
        {
          title: 'dose.spec.ts',
          file: 'dose.spec.ts',
          specs: [spec('opens', 'expected')],
          suites: [
            { title: 'limits', file: 'dose.spec.ts', specs: [spec('holds', 'flaky'), spec('waits', 'skipped')] },
          ],
        },
      ],
    };
    expect(outline(report)).toEqual([
      'playwright',
      'passed tests/e2e/dose.spec.ts: opens [chromium]',
      'failed tests/e2e/dose.spec.ts: limits holds [chromium]',
      'skipped tests/e2e/dose.spec.ts: limits waits [chromium]',
    ]);
    expect(read(report)).toMatchObject({ version: '1.50.0', startedAt: new Date('2026-02-01T10:00:00Z') });
    expect(outline({ ...report, suites: [], errors: [{ message: 'no browser' }] })).toEqual([
      'playwright',
      'failed : (the run had errors)',
    ]);
  });

  test('the time that the report tells, or else now', () => {
    expect(read(junit[0]?.[1] ?? '').startedAt.getUTCFullYear()).toBe(2026);
    expect(read('<testsuites/>').startedAt).toEqual(now);
  });

  test.each([
    ['<html><body>404</body></html>'],
    ['{}'],
    ['no report'],
    [`{"stats":{},"suites":${'[{"title":"","suites":'.repeat(5_000)}[]${'}]'.repeat(5_000)}}`],
  ])('nothing else: %.40s', (text) => {
    expect(() => read(text)).toThrow(StartupError);
  });
});
