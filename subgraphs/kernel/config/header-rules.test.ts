import { describe, expect, test } from '@jest/globals';
import { answerHeaderRules, mayBeForwarded, requestHeaderRules } from './header-rules.js';

describe('rules for headers', () => {
  test('name a header, another name for it, and what stands for a missing one', () => {
    expect(requestHeaderRules.parse('X-Tenant, x-old>X-New ,accept-language=de-CH;q=0.5,a>b=c')).toEqual([
      { from: 'x-tenant', to: 'x-tenant', fallback: undefined },
      { from: 'x-old', to: 'x-new', fallback: undefined },
      { from: 'accept-language', to: 'accept-language', fallback: 'de-CH;q=0.5' },
      { from: 'a', to: 'b', fallback: 'c' },
    ]);
  });

  test.each([
    'connection',
    'Transfer-Encoding',
    'x-a>te',
    'content-length',
    'host',
    'accept',
    'x-a>x-request-id',
    'a b',
    '',
    'a,,b',
    'a=x\ny',
    '*>x-all',
    '*=1',
    'x-a>*',
  ])('let nothing pass that is for one connection, is the gateway’s own, or is no name: %j', (value) => {
    expect(requestHeaderRules.safeParse(value).success).toBe(false);
  });

  test('let every header of a caller pass that may, where that is said', () => {
    expect(requestHeaderRules.parse('*,x-a>x-b')).toMatchObject([{ from: '*' }, { from: 'x-a', to: 'x-b' }]);
    expect(['cookie', 'x-tenant', 'te', 'accept', 'x-weft-caller'].filter(mayBeForwarded)).toEqual([
      'cookie',
      'x-tenant',
    ]);
  });

  test('let no subgraph say which pages may read an answer', () => {
    expect(answerHeaderRules.safeParse('set-cookie,x-a>access-control-allow-origin').success).toBe(false);
    expect(answerHeaderRules.safeParse('*').success).toBe(false);
    expect(answerHeaderRules.safeParse('set-cookie,cache-control').success).toBe(true);
  });
});
