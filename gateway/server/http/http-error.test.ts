import { describe, expect, test } from '@jest/globals';
import { statusOfErrors } from './http-error.js';

const errorsOf = (...codes: (string | undefined)[]) =>
  codes.map((code) => ({ message: 'm', ...(code !== undefined && { extensions: { code } }) }));

describe('the status of an answer without data', () => {
  test.each<[string | undefined, number]>([
    ['INTERNAL_SERVER_ERROR', 500],
    ['SUBGRAPH_UNAVAILABLE', 503],
    ['DATABASE_UNAVAILABLE', 503],
    ['TIMEOUT', 504],
    ['BAD_USER_INPUT', 400],
    ['LIMIT_EXCEEDED', 400],
    ['GRAPHQL_VALIDATION_FAILED', 400],
    ['SOMETHING_FOREIGN', 400],
    ['constructor', 400],
    [undefined, 400],
  ])('says whose fault %s is: %d', (code, status) => {
    expect(statusOfErrors(errorsOf(code))).toBe(status);
  });

  test("is the gateway's fault when one of several errors is", () => {
    expect(statusOfErrors(errorsOf('BAD_USER_INPUT', 'TIMEOUT'))).toBe(504);
  });
});
