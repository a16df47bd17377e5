/** JUnit XML, as pytest, Playwright, Vitest, Maven and many others write it. */
import { Parser } from 'htmlparser2';
import type { TestCase } from './test-case.js';

export interface JUnitRun {
  readonly tool: string;
  /** Null when no suite tells. */
  readonly startedAt: Date | null;
  readonly cases: readonly TestCase[];
}

interface OpenCase {
  readonly file: string | null;
  readonly className: string;
  readonly name: string;
  readonly durationMs: number;
  status: TestCase['status'];
}

/** Null when the text is no such report. Entities of the document's own are not expanded, and nothing is fetched. */
export function parseJUnit(xml: string): JUnitRun | null {
  const cases: TestCase[] = [];
  const suiteFiles: (string | null)[] = [];
  const times: number[] = [];
  let tool = 'junit';
  let isReport = false;
  let open: OpenCase | null = null;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === 'testsuites' || name === 'testsuite') {
          isReport = true;
          if (name === 'testsuite') suiteFiles.push(attributes.file ?? attributes.filepath ?? null);
          if (/pytest|playwright|vitest|jest/i.test(attributes.name ?? '')) tool = toolOf(attributes.name ?? '');
          const time = Date.parse(attributes.timestamp ?? '');
          if (!Number.isNaN(time)) times.push(time);
        } else if (name === 'testcase') {
          open = {
            file: attributes.file ?? suiteFiles.at(-1) ?? null,
            className: attributes.classname ?? '',
            name: attributes.name ?? '',
            durationMs: Math.round(Number(attributes.time ?? 0) * 1000) || 0,
            status: 'passed',
          };
        } else if (open !== null && (name === 'failure' || name === 'error')) open.status = 'failed';
        // A test that failed and was retried keeps its failure.
        else if (open?.status === 'passed' && name === 'skipped') open.status = 'skipped';
      },
      onclosetag(name) {
        if (name === 'testsuite') suiteFiles.pop();
        if (name !== 'testcase' || open === null) return;
        cases.push(toCase(open));
        open = null;
      },
    },
    { xmlMode: true },
  );
  parser.write(xml);
  parser.end();
  if (!isReport) return null;
  return { tool, startedAt: times.length === 0 ? null : new Date(Math.min(...times)), cases };
}

function toolOf(suiteName: string): string {
  return /pytest|playwright|vitest|jest/i.exec(suiteName)?.[0].toLowerCase() ?? 'junit';
}

/** pytest names the module in place of the file (`tests.test_pump`), Vitest and others the file in place of the class. */
function toCase({ file, className, name, durationMs, status }: OpenCase): TestCase {
  const isPath = /[/\\]|\.(?:[cm]?[jt]sx?|py)$/.test(className);
  const isModule = !isPath && /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(className);
  return {
    file: file ?? (isPath ? className : isModule ? moduleFile(className) : ''),
    name: className === '' || isPath ? name : `${className} ${name}`,
    status,
    durationMs,
  };
}

/** A test class stands behind its module: `tests.test_pump.TestDose`. */
function moduleFile(module: string): string {
  const parts = module.split('.');
  const end = parts.findLastIndex((part) => /^test|test$/i.test(part) && !/^[A-Z]/.test(part));
  return `${(end === -1 ? parts : parts.slice(0, end + 1)).join('/')}.py`;
}
