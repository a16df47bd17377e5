import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse, type ExecutionResult } from 'graphql';
import {
  composeFixture,
  createContext,
  fixtureSchema,
  query,
  type SubgraphFixtures,
} from '../../tests/conformance/compose-fixture.js';
import { createExecutor } from '../executor/create-executor.js';
import { createInProcessTransport } from '../transports/index.js';
import { createReloadableExecutor, type ReloadableExecutor } from './reloadable.js';
import { readSupergraph } from './supergraph.js';

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function createGate(): Gate {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('a reload of the supergraph', () => {
  let gate: Gate;
  let disposed: number;
  let sdl: string;
  let logged: string[];
  let executor: ReloadableExecutor;
  let emit: (value: number) => void;

  const fixtures = (fields: string): SubgraphFixtures => ({
    one: {
      typeDefs: `type Query { ${fields} slow: Int } type Subscription { ticks: Int other: Int }`,
      resolvers: {
        Query: { slow: () => gate.opened.then(() => 7) },
        Subscription: Object.fromEntries(
          ['ticks', 'other'].map((field) => [
            field,
            {
              async *subscribe() {
                for (;;) yield { [field]: await new Promise<number>((resolve) => (emit = resolve)) };
              },
            },
          ]),
        ),
      },
    },
  });
  const withoutOther = (text: string) => text.replace(/\n\s*other: Int[^\n]*/, '');

  const create = (text: string, current: SubgraphFixtures) =>
    createExecutor(readSupergraph(text), {
      transports: ({ name }) => ({
        ...createInProcessTransport({ name, schema: fixtureSchema(current[name]!), contextFor: () => ({}) }),
        dispose: () => Promise.resolve(void (disposed += 1)),
      }),
    });

  beforeEach(async () => {
    gate = createGate();
    disposed = 0;
    logged = [];
    const old = fixtures('a: Int');
    sdl = composeFixture(old);
    const log = (details: Record<string, unknown>, message: string) =>
      void logged.push(`${message} ${details['err'] instanceof Error ? details['err'].message : ''}`);
    executor = await createReloadableExecutor({
      load: () => Promise.resolve(sdl),
      create: (text) => create(text, text.includes('b: Int') ? fixtures('b: Int') : old),
      reloadOnSignal: true,
      log: { info: log, error: log },
    });
  });
  afterEach(() => executor.dispose());

  const subscribe = async (source: string) => {
    const events = await executor.subscribe({ document: parse(source), source, context: createContext() });
    if (!(Symbol.asyncIterator in events)) throw new Error('no stream');
    return events;
  };
  const nextOf = async (events: AsyncIterableIterator<ExecutionResult>, value: number) => {
    const next = events.next();
    await new Promise(setImmediate);
    emit(value);
    return (await next).value as unknown;
  };

  test('lets queries in flight finish on the old plan, and then lets the old executor go', async () => {
    const slow = query(executor, '{ slow }');
    sdl = composeFixture(fixtures('b: Int'));
    expect(await executor.reload()).toBe('replaced');
    expect(await query(executor, '{ b }')).toEqual({ data: { b: null } });
    expect(disposed).toBe(0);
    gate.open();
    expect(await slow).toEqual({ data: { slow: 7 } });
    await new Promise(setImmediate);
    expect(disposed).toBe(1);
  });

  test('keeps subscriptions that are still valid, and tells those that are not before they end', async () => {
    const kept = await subscribe('subscription { ticks }');
    expect(await nextOf(kept, 1)).toEqual({ data: { ticks: 1 } });
    const ended = await subscribe('subscription { other }');
    const waiting = ended.next();
    sdl = withoutOther(composeFixture(fixtures('b: Int')));
    expect(await executor.reload()).toBe('replaced');
    expect((await waiting).value).toMatchObject({
      errors: [{ message: expect.stringContaining('graph has changed') }],
    });
    expect((await ended.next()).done).toBe(true);
    expect(await nextOf(kept, 2)).toEqual({ data: { ticks: 2 } });
    expect(disposed).toBe(0);
    await kept.return?.();
    expect(disposed).toBe(1);
  });

  test.each([
    ['text that is no SDL', 'type Query {', /Syntax Error/],
    ['a schema that nobody composed', 'type Query { a: Int }', /join__Graph/],
  ])('refuses %s, says why in the log, and serves on', async (_, broken, reason) => {
    sdl = broken;
    expect(await executor.reload()).toBe('refused');
    expect(logged.join()).toMatch(reason);
    expect(await query(executor, '{ a }')).toEqual({ data: { a: null } });
  });

  test('follows SIGHUP, tells its listeners, and does nothing when nothing changed', async () => {
    expect(await executor.reload()).toBe('unchanged');
    const told = new Promise<string>((resolve) => executor.onReload(({ supergraphSdl }) => resolve(supergraphSdl)));
    sdl = composeFixture(fixtures('b: Int'));
    process.emit('SIGHUP');
    expect(await told).toBe(sdl);
    expect(executor.apiSchema.getQueryType()?.getFields()).toHaveProperty('b');
  });

  test('twenty times over leaves no old executor behind', async () => {
    for (let i = 0; i < 20; i++) {
      sdl = composeFixture(fixtures(i % 2 === 0 ? 'b: Int' : 'a: Int'));
      expect(await executor.reload()).toBe('replaced');
    }
    expect(disposed).toBe(20);
  });

  test('follows the file it watches', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reload-'));
    const file = join(folder, 'supergraph.graphql');
    await writeFile(file, sdl);
    const watching = await createReloadableExecutor({
      load: () => Promise.resolve(sdl),
      create: (text) => create(text, fixtures(text.includes('b: Int') ? 'b: Int' : 'a: Int')),
      watch: file,
      log: { info: () => {}, error: () => {} },
    });
    const told = new Promise<void>((resolve) => watching.onReload(() => resolve()));
    sdl = composeFixture(fixtures('b: Int'));
    await writeFile(file, sdl);
    await told;
    await watching.dispose();
    await rm(folder, { recursive: true });
  });
});
