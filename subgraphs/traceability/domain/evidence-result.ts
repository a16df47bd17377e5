/** What evidence says of the thing it was made for: passed, failed, not done yet, or nothing that can be understood. */
import type { JsonObject, JsonValue } from './json-values.js';
import { quoted } from './problems.js';
import { toEnumSpelling } from './values.js';

export type EvidenceResultValue = 'PASS' | 'FAIL' | 'PENDING' | 'UNKNOWN';

export interface EvidenceResult {
  readonly result: EvidenceResultValue;
  /** One sentence for a reviewer: which part of the payload decided. */
  readonly reason: string;
}

/** Test results that stand elsewhere, such as in a file of a package. */
export interface TestPart {
  readonly name: string;
  readonly value: JsonValue;
}

/** What one part of a payload says. */
type Statement = EvidenceResult;

const wordsOfResult: Readonly<Record<Exclude<EvidenceResultValue, 'UNKNOWN'>, readonly string[]>> = {
  PASS: ['PASS', 'PASSED', 'OK', 'SUCCESS', 'SUCCESSFUL', 'SUCCEEDED', 'VERIFIED', 'EXPECTED', 'TRUE'],
  FAIL: [
    ...['FAIL', 'FAILED', 'FAILURE', 'ERROR', 'ERRORED', 'BROKEN', 'REJECTED', 'NOT_OK', 'UNEXPECTED', 'FALSE'],
    // A run that ended before its tests did proves nothing that it was to prove.
    ...['TIMEDOUT', 'TIMED_OUT', 'TIMEOUT', 'INTERRUPTED', 'CRASHED', 'ABORTED', 'XPASSED'],
  ],
  PENDING: [
    ...[
      'PENDING',
      'SKIPPED',
      'SKIP',
      'TODO',
      'DISABLED',
      'IGNORED',
      'NOT_RUN',
      'NOT_STARTED',
      'NOT_TESTED',
      'NOT_EXECUTED',
    ],
    ...['RUNNING', 'IN_PROGRESS', 'OPEN', 'QUEUED', 'BLOCKED', 'DEFERRED', 'PLANNED', 'XFAILED', 'XFAIL'],
  ],
};

const resultOfWord = new Map(
  Object.entries(wordsOfResult).flatMap(([result, words]) =>
    words.map((word) => [word, result as EvidenceResultValue] as const),
  ),
);

/** Where payloads put a verdict on the whole. */
const verdictFields = ['validation_result', 'overall_result', 'test_result', 'result', 'outcome', 'verdict'] as const;
/** Counts that stand one level further in. */
const summaries = ['summary', 'stats', 'totals', 'counts'] as const;
const caseLists = ['test_cases', 'testCases', 'tests', 'cases', 'results'] as const;
/** More cases than this are not looked at one by one: the counts beside them decide. */
const maxCases = 100_000;

/**
 * The result of a whole payload. Everything in it that speaks of results is heard, and the worst counts: FAIL, then
 * PENDING, then PASS. So a payload that contradicts itself is never better than its worst part. Nothing that speaks, or
 * only words that mean nothing here, is UNKNOWN.
 */
export function resultOfPayload(payload: JsonObject, more: readonly TestPart[] = []): EvidenceResult {
  const statements = [
    ...verdictFields.flatMap((name) => ofVerdict(payload, name)),
    ...(['test_results', 'test_summary'] as const).flatMap((name) => ofTests(payload[name], name)),
    ...more.flatMap(({ name, value }) => ofTests(value, name)),
    ...ofCriteria(payload.acceptance_criteria_verified),
  ];
  for (const result of ['FAIL', 'PENDING', 'UNKNOWN', 'PASS'] as const) {
    const decisive = statements.find((statement) => statement.result === result);
    if (decisive !== undefined) return decisive;
  }
  return { result: 'UNKNOWN', reason: 'The payload says nothing of a result.' };
}

function ofVerdict(payload: JsonObject, name: string): Statement[] {
  const value = payload[name];
  // `result` may also be an object with counts, as `test_results` is.
  if (isObject(value) || Array.isArray(value)) return ofTests(value, name);
  if (value === undefined || value === null) return [];
  const result = resultOf(value);
  return [
    result === null
      ? { result: 'UNKNOWN', reason: `${name} ${quoted(String(value))} is not a result.` }
      : { result, reason: `${name} is ${quoted(String(value))}.` },
  ];
}

/** Counts with or without cases, or a list of cases alone. */
function ofTests(tests: JsonValue | undefined, name: string): Statement[] {
  if (tests === undefined || tests === null) return [];
  if (typeof tests === 'string' || typeof tests === 'boolean') return ofVerdict({ [name]: tests }, name);
  if (Array.isArray(tests)) return ofCases(tests as readonly JsonValue[], name);
  if (!isObject(tests)) return [{ result: 'UNKNOWN', reason: `${name} holds neither counts nor test cases.` }];
  const counts = [
    ...ofCounts(tests, name),
    ...summaries.flatMap((each) => (isObject(tests[each]) ? ofCounts(tests[each], `${name}.${each}`) : [])),
  ];
  const cases = caseLists.flatMap((each) => {
    const list = tests[each];
    // Counts may stand there without their cases.
    if (!Array.isArray(list) || (list.length === 0 && counts.length > 0)) return [];
    return ofCases(list as readonly JsonValue[], `${name}.${each}`);
  });
  const said = [...counts, ...cases, ...['status', ...verdictFields].flatMap((each) => ofWord(tests, each, name))];
  return said.length > 0 ? said : [{ result: 'UNKNOWN', reason: `${name} holds neither counts nor test cases.` }];
}

/** A word beside counts; one that is no result, such as a document's status, says nothing. */
function ofWord(tests: JsonObject, field: string, name: string): Statement[] {
  const value = tests[field];
  const result = typeof value === 'object' || value === undefined ? null : resultOf(value);
  return result === null ? [] : [{ result, reason: `${name}.${field} is ${quoted(String(value))}.` }];
}

const failedCounts = [
  'failed',
  'failures',
  'errors',
  'error',
  'broken',
  'timedOut',
  'timed_out',
  'unexpected',
] as const;
const skippedCounts = ['skipped', 'pending', 'todo', 'disabled', 'not_run'] as const;

function ofCounts(tests: JsonObject, name: string): Statement[] {
  const odd = ['passed', 'total', 'total_tests', ...failedCounts].find((each) => isUncountable(tests[each]));
  if (odd !== undefined) return [{ result: 'UNKNOWN', reason: `${name}.${odd} is not a number of tests.` }];
  const said = failedCounts.find((each) => tests[each] === true);
  if (said !== undefined) return [{ result: 'FAIL', reason: `${name}: ${said} is true.` }];
  const failed = failedCounts.find((each) => countOf(tests[each]) > 0);
  if (failed !== undefined) return [{ result: 'FAIL', reason: `${name}: ${countOf(tests[failed])} ${failed}.` }];
  const total = countOf(tests.total ?? tests.total_tests);
  const passed = countOf(tests.passed);
  const skipped = skippedCounts.reduce((sum, each) => sum + countOf(tests[each]), 0);
  if (passed > 0) {
    if (total > passed + skipped) {
      return [{ result: 'PENDING', reason: `${name}: ${passed} of ${total} passed, and of the rest nothing is said.` }];
    }
    return [{ result: 'PASS', reason: `${name}: ${passed} passed, none failed.` }];
  }
  if (total > 0 || skipped > 0) return [{ result: 'PENDING', reason: `${name}: none of the tests has passed.` }];
  if (countOf(tests.passed, -1) === 0) return [{ result: 'UNKNOWN', reason: `${name}: no test ran.` }];
  return [];
}

function isUncountable(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || Array.isArray(value) || typeof value === 'boolean') return false;
  return countOf(value, -1) < 0;
}

/** Counts are written as numbers, now and then as their digits; a list of tests counts its members. */
function countOf(value: JsonValue | undefined, otherwise = 0): number {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : otherwise;
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  return Array.isArray(value) ? value.length : otherwise;
}

function ofCases(cases: readonly JsonValue[], name: string): Statement[] {
  if (cases.length === 0) return [{ result: 'UNKNOWN', reason: `${name} is empty: no test ran.` }];
  if (cases.length > maxCases) return [{ result: 'UNKNOWN', reason: `${name} has more than ${maxCases} entries.` }];
  let passed = 0;
  let unclear: string | null = null;
  for (const [index, each] of cases.entries()) {
    const { said, result } = saidOf(each);
    if (result === 'FAIL') return [{ result, reason: `${name}: ${nameOf(each, index)} is ${quoted(String(said))}.` }];
    if (result === 'PASS') passed += 1;
    if (result === null) unclear ??= `${name}: ${nameOf(each, index)} has no result.`;
  }
  if (unclear !== null) return [{ result: 'UNKNOWN', reason: unclear }];
  if (passed === 0) return [{ result: 'PENDING', reason: `${name}: none of the tests has passed.` }];
  return [{ result: 'PASS', reason: `${name}: ${passed} passed, none failed.` }];
}

const criteriaName = 'acceptance_criteria_verified';

/** What evidence says of one acceptance criterion. */
export interface CriterionStatement {
  /** As it is written, e.g. `AC-1`; null when it only has a text. */
  readonly criterionId: string | null;
  readonly text: string | null;
  readonly result: EvidenceResultValue;
}

/** Every criterion that a payload speaks of, in its order. Entries that are nothing of the kind have no say. */
export function criteriaOfPayload(payload: JsonObject): readonly CriterionStatement[] {
  const entries = criteriaEntries(payload[criteriaName]);
  if (!Array.isArray(entries) || entries.length > maxCriteria) return [];
  return (entries as readonly JsonValue[]).flatMap((entry) => {
    if (!isObject(entry)) return [];
    const [criterionId, text] = [
      firstText(entry, ['criterion_id', 'id', 'name'], 100),
      firstText(entry, ['description', 'text', 'title', 'criterion'], 4_000),
    ];
    if (criterionId === null && text === null) return [];
    return [{ criterionId, text, result: saidOf(entry).result ?? 'UNKNOWN' }];
  });
}

/** More than any artifact may have; each is a row. */
const maxCriteria = 1_000;

function criteriaEntries(criteria: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(criteria)) return criteria;
  return Object.entries(criteria).map(([criterion, status]): JsonObject => ({ criterion_id: criterion, status }));
}

function firstText(entry: JsonObject, names: readonly string[], maxLength: number): string | null {
  const text = names.map((name) => entry[name]).find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof text === 'string' ? text.trim().slice(0, maxLength) : null;
}

/** Criteria: each has to have passed. A skipped test is no fault of a run; a criterion that is open is one of the evidence. */
function ofCriteria(criteria: JsonValue | undefined): Statement[] {
  const name = criteriaName;
  if (criteria === undefined || criteria === null) return [];
  const entries = criteriaEntries(criteria);
  if (!Array.isArray(entries)) return [{ result: 'UNKNOWN', reason: `${name} is not a list of criteria.` }];
  if (entries.length === 0) return [];
  if (entries.length > maxCases) return [{ result: 'UNKNOWN', reason: `${name} has more than ${maxCases} entries.` }];
  let open: Statement | null = null;
  for (const [index, each] of (entries as readonly JsonValue[]).entries()) {
    const { said, result } = isObject(each) ? saidOf(each) : { said: null, result: null };
    const what = `${name}: ${nameOf(each, index)}`;
    if (result === 'FAIL') return [{ result, reason: `${what} is ${quoted(String(said))}.` }];
    if (result === null) open ??= { result: 'UNKNOWN', reason: `${what} has no result.` };
    else if (result === 'PENDING') open = { result, reason: `${what} is ${quoted(String(said))}.` };
  }
  return [open ?? { result: 'PASS', reason: `${name}: all ${entries.length} passed.` }];
}

const resultFields = ['status', 'result', 'outcome', 'verdict', 'state', 'verified', 'passed', 'ok'] as const;

/** The worst of what one case or criterion says of itself; a result of null where nothing that it says is one. */
function saidOf(entry: JsonValue): { readonly said: JsonValue; readonly result: EvidenceResultValue | null } {
  const words = isObject(entry) ? resultFields.map((field) => entry[field]) : [entry];
  const results = words.flatMap((said) => {
    const result = said === undefined || said === null ? null : resultOf(said);
    return said === undefined || result === null ? [] : [{ said, result }];
  });
  const worst = (['FAIL', 'PENDING', 'PASS'] as const)
    .map((result) => results.find((each) => each.result === result))
    .find((each) => each !== undefined);
  return worst ?? { said: null, result: null };
}

function nameOf(entry: JsonValue, index: number): string {
  const name = isObject(entry)
    ? (entry.criterion_id ?? entry.id ?? entry.name ?? entry.title ?? entry.criterion)
    : null;
  return typeof name === 'string' && name !== '' ? quoted(name) : `entry ${index + 1}`;
}

/** Null for what is no result. */
function resultOf(value: JsonValue): EvidenceResultValue | null {
  if (typeof value !== 'string' && typeof value !== 'boolean') return null;
  return resultOfWord.get(toEnumSpelling(String(value))) ?? null;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
