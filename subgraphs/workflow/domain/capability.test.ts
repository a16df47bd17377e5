import { describe, expect, test } from '@jest/globals';
import { assertMayUse, type UsableTool } from './capability.js';
import { healthAfter, withoutSecrets } from './connector-config.js';

const tool: UsableTool = {
  name: 'ledger.post',
  isActive: true,
  connectorStatus: 'ACTIVE',
  scopes: ['ledger:post', 'ledger:read'],
};
const holding = (...scopes: readonly string[]) => ({ has: (scope: string) => scopes.includes(scope) });

describe('a tool', () => {
  test('may be used with every scope that it asks for, and with no connector at all', () => {
    expect(() => assertMayUse(tool, holding('ledger:post', 'ledger:read'))).not.toThrow();
    expect(() => assertMayUse({ ...tool, connectorStatus: null, scopes: [] }, holding())).not.toThrow();
  });

  test.each([
    ['a scope short', tool, ['ledger:read'], 'NOT_PERMITTED', /needs the scope ledger:post,/],
    ['every scope short', tool, [], 'NOT_PERMITTED', /ledger:post and ledger:read/],
    ['one that is switched off', { ...tool, isActive: false }, tool.scopes, 'INVALID_TRANSITION', /switched off/],
    [
      'one whose connector is down',
      { ...tool, connectorStatus: 'ERROR' },
      tool.scopes,
      'INVALID_TRANSITION',
      /is ERROR/,
    ],
    [
      'one whose connector is off',
      { ...tool, connectorStatus: 'INACTIVE' },
      tool.scopes,
      'INVALID_TRANSITION',
      /INACTIVE/,
    ],
  ] as const)('may not be used: %s', (_, asked, scopes, code, message) => {
    const expected = { userErrors: [{ code, field: ['tool'], message: expect.stringMatching(message) }] };
    expect(() => assertMayUse(asked, holding(...scopes), 'tool')).toThrow(expect.objectContaining(expected));
  });

  test('that is down says so to no one who may not use it', () => {
    expect(() => assertMayUse({ ...tool, connectorStatus: 'ERROR' }, holding())).toThrow(/NOT_PERMITTED/);
  });
});

test('the longest secret is taken out of a text first, wherever it stands in it', () => {
  expect(withoutSecrets('a: hunter2hunter2, b: hunter2', { a: 'hunter2', b: 'hunter2hunter2' })).toBe(
    'a: [redacted], b: [redacted]',
  );
});

test('a connector is ERROR with the third failure in a row and ACTIVE with the first success; one that is off stays off', () => {
  let health = { status: 'ACTIVE' as const, consecutiveFailures: 0 } as ReturnType<typeof healthAfter>;
  const seen = [false, false, true, false, false, false, false, true].map((isHealthy) => {
    health = healthAfter(health, isHealthy);
    return `${health.status}${health.consecutiveFailures}`;
  });
  expect(seen).toEqual(['ACTIVE1', 'ACTIVE2', 'ACTIVE0', 'ACTIVE1', 'ACTIVE2', 'ERROR3', 'ERROR4', 'ACTIVE0']);
  expect(healthAfter({ status: 'INACTIVE', consecutiveFailures: 2 }, false).status).toBe('INACTIVE');
});
