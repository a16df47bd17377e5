import { describe, expect, test } from '@jest/globals';
import { RequestError } from '../errors/index.js';
import { createLogger, describeError } from './index.js';

function linesOf(write: (log: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger({ level: 'info', destination: { write: (line: string) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line carries its level by name, its time in UTC and the request it belongs to', () => {
  const [line] = linesOf((log) => log.child({ requestId: 'r-1' }).info({ rows: 3 }, 'read'));
  expect(line).toMatchObject({ level: 'info', requestId: 'r-1', rows: 3, msg: 'read', name: 'weft' });
  expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test('lines below the level are not written', () => {
  expect(linesOf((log) => log.debug('quiet'))).toEqual([]);
});

describe('secrets', () => {
  test.each<[string, object]>([
    ['an authorization header', { headers: { Authorization: 'Bearer hunter2hunter2' } }],
    ['cookies, set too', { headers: { cookie: 'a=hunter2', 'set-cookie': ['a=hunter2'] } }],
    [
      'tokens, keys and passwords by any name',
      { accessToken: 'hunter2', api_key: 'hunter2', dbPassword: 'hunter2', secret: 'hunter2' },
    ],
    ['a secret deep inside a list', { a: [{ b: { c: [{ password: 'hunter2' }] } }] }],
    ['a connection string in any field', { note: 'at postgresql://weft:hunter2@db:5432/weft' }],
    ['a bearer token inside a text', { note: 'sent Bearer hunter2.hunter2.hunter2' }],
    ['a webhook signature', { headers: { 'x-hub-signature-256': 'sha256=hunter2' } }],
    [
      'an error’s message, cause and internals',
      {
        err: new RequestError('INTERNAL_SERVER_ERROR', 'no', {
          internal: 'password=hunter2',
          cause: new Error('postgres://u:hunter2@h/d'),
        }),
      },
    ],
    ['a field of a child', { token: 'hunter2' }],
  ])('%s is not written', (_name, fields) => {
    const lines = linesOf((log) => {
      log.info(fields, 'with fields');
      log.child(fields).warn('as bindings');
    });
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  test('in the message itself are not written', () => {
    const lines = linesOf((log) => log.info('connecting to postgresql://weft:hunter2@db/weft'));
    expect(lines[0]?.['msg']).toBe('connecting to postgresql://weft:[redacted]@db/weft');
  });

  test('what only looks like one is left alone', () => {
    const [line] = linesOf((log) =>
      log.info({ key: 'acme/api', clientKey: 'retry-1', count: 2n, url: 'http://h/p?q=a:b@c' }, 'x'),
    );
    expect(line).toMatchObject({ key: 'acme/api', clientKey: 'retry-1', count: '2', url: 'http://h/p?q=a:b@c' });
  });
});

test('an error is described whole, with what its caller was not told', () => {
  const cause = Object.assign(new Error('duplicate key'), { code: '23505', constraint: 'paint_name_key' });
  const description = describeError(
    new RequestError('TIMEOUT', 'Too slow.', { internal: 'pool of 20 is empty', cause }),
  );
  expect(description).toMatchObject({
    type: 'RequestError',
    code: 'TIMEOUT',
    internal: 'pool of 20 is empty',
    cause: { code: '23505', constraint: 'paint_name_key' },
  });
  expect(description.stack).toContain('log.test.ts');
});

test('an error that is its own cause, and what is thrown without being one, are described too', () => {
  const ring = new Error('ring');
  ring.cause = ring;
  expect(JSON.stringify(describeError(ring))).toContain('ring');
  expect(describeError('text')).toEqual({ type: 'string', message: 'text' });
});
