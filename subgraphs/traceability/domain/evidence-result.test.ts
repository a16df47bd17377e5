import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from './artifact-types.js';
import { resultOfPayload } from './evidence-result.js';

const of = (payload: JsonObject): string => resultOfPayload(payload).result;

describe('the result of evidence', () => {
  test.each<[string, JsonObject, string]>([
    ['counts without a failure', { test_results: { passed: 4, failed: 0, skipped: 1 } }, 'PASS'],
    ['counts with a failure', { test_results: { passed: 4, failed: 1 } }, 'FAIL'],
    ['counts as digits', { test_results: { passed: '4', failed: '2' } }, 'FAIL'],
    [
      'errors beside no failures, as JUnit counts them',
      { test_results: { passed: 3, failures: 0, errors: 1 } },
      'FAIL',
    ],
    ['errors as a list', { test_results: { passed: 3, errors: ['out of memory'] } }, 'FAIL'],
    ['counts that are no numbers', { test_results: { passed: 'many', failed: 0 } }, 'UNKNOWN'],
    ['a negative count', { test_results: { passed: -1 } }, 'UNKNOWN'],
    ['tests that were all skipped', { test_results: { passed: 0, failed: 0, skipped: 3 } }, 'PENDING'],
    [
      'tests of which some are not accounted for',
      { test_summary: { total_tests: 25, passed: 20, failed: 0 } },
      'PENDING',
    ],
    ['no test at all', { test_results: { passed: 0, failed: 0, test_cases: [] } }, 'UNKNOWN'],
    ['an empty list of cases', { test_results: [] }, 'UNKNOWN'],
    [
      'a list of cases',
      {
        test_results: [
          { name: 'a', status: 'passed' },
          { name: 'b', status: 'Passed' },
        ],
      },
      'PASS',
    ],
    ['a list with a failed case', { test_results: [{ status: 'passed' }, { name: 'b', status: 'failed' }] }, 'FAIL'],
    ['a list with a case that ran out of time', { test_results: [{ status: 'timedOut' }] }, 'FAIL'],
    ['a list whose cases say true and false', { test_results: [{ passed: true }, { passed: false }] }, 'FAIL'],
    ['a list with a case without a result', { test_results: [{ status: 'passed' }, { name: 'b' }] }, 'UNKNOWN'],
    [
      'good counts over a failed case',
      { test_results: { passed: 2, failed: 0, test_cases: [{ status: 'passed' }, { status: 'failed' }] } },
      'FAIL',
    ],
    [
      'a verdict of FAIL over good counts',
      { validation_result: 'FAIL', test_results: { passed: 4, failed: 0 } },
      'FAIL',
    ],
    [
      'a verdict of PASS over bad counts',
      { validation_result: 'PASS', test_results: { passed: 4, failed: 1 } },
      'FAIL',
    ],
    ['a verdict of PENDING', { validation_result: 'PENDING', test_results: { passed: 4, failed: 0 } }, 'PENDING'],
    ['a verdict alone', { validation_result: 'pass' }, 'PASS'],
    ['a verdict that is no result', { validation_result: 'excellent', test_results: { passed: 1 } }, 'UNKNOWN'],
    ['a verdict under a test run', { test_results: { status: 'FAIL', passed: 1 } }, 'FAIL'],
    ['the word alone', { result: 'passed' }, 'PASS'],
    ['criteria that all passed', { acceptance_criteria_verified: [{ criterion_id: 'AC-1', status: 'PASS' }] }, 'PASS'],
    [
      'one criterion that failed',
      { test_results: { passed: 9 }, acceptance_criteria_verified: [{ status: 'PASS' }, { status: 'FAIL' }] },
      'FAIL',
    ],
    [
      'one criterion that is open',
      { acceptance_criteria_verified: [{ status: 'PASS' }, { status: 'PENDING' }] },
      'PENDING',
    ],
    ['criteria as a mapping', { acceptance_criteria_verified: { 'AC-1': 'PASS', 'AC-2': 'FAIL' } }, 'FAIL'],
    ['criteria without a result', { acceptance_criteria_verified: ['AC-1'] }, 'UNKNOWN'],
    ['a failed count that is true', { test_results: { passed: 3, failed: true } }, 'FAIL'],
    [
      'a failure in the second of two lists',
      { test_results: { test_cases: [{ status: 'passed' }], tests: [{ status: 'failed' }] } },
      'FAIL',
    ],
    ['a case that contradicts itself', { test_results: [{ status: 'passed', result: 'failed' }] }, 'FAIL'],
    [
      'a criterion that contradicts itself',
      { acceptance_criteria_verified: [{ status: 'passed', verified: false }] },
      'FAIL',
    ],
    ['failures in a summary further in', { test_results: { passed: 1, summary: { failed: 2 } } }, 'FAIL'],
    ['a total that is no number', { test_results: { passed: 3, total: 'all' } }, 'UNKNOWN'],
    ['counts without their cases', { test_results: { passed: 3, failed: 0, test_cases: [] } }, 'PASS'],
    ['nothing that speaks of results', { gxp_id: 'EV-1', title: 'PASS' }, 'UNKNOWN'],
    [
      'a document’s own status',
      { validation_status: 'REJECTED', test_results: { status: 'DRAFT', passed: 1 } },
      'PASS',
    ],
  ])('of %s', (_, payload, expected) => {
    expect(of(payload)).toBe(expected);
  });

  test('is said with the part that decided it', () => {
    const cases = [{ name: 'locks the door', status: 'failed' }];
    expect(resultOfPayload({ test_results: { passed: 1, test_cases: cases } }).reason).toBe(
      'test_results.test_cases: "locks the door" is "failed".',
    );
    expect(resultOfPayload({}).reason).toBe('The payload says nothing of a result.');
  });

  test('is never better than any part of it', () => {
    const parts: readonly JsonObject[] = [
      { validation_result: 'PASS' },
      { validation_result: 'PENDING' },
      { validation_result: 'FAIL' },
      { test_results: { passed: 1, failed: 0 } },
      { test_results: { passed: 0, failed: 1 } },
      { acceptance_criteria_verified: [{ status: 'PASS' }] },
      { acceptance_criteria_verified: [{ status: 'FAIL' }] },
    ];
    const order = ['FAIL', 'PENDING', 'UNKNOWN', 'PASS'];
    for (const a of parts) {
      for (const b of parts) {
        const [key] = Object.keys(b);
        if (key === undefined || key in a) continue;
        const worst = Math.min(order.indexOf(of(a)), order.indexOf(of(b)));
        expect(order.indexOf(of({ ...a, ...b }))).toBe(worst);
      }
    }
  });
});
