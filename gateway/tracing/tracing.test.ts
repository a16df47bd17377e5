import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { parse } from 'graphql';
import {
  createContext,
  createFixtureExecutor,
  query,
  type SubgraphFixtures,
} from '../../tests/conformance/compose-fixture.js';
import { createTracing, type Tracing } from './index.js';

interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface Export {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[] }[];
}

const fixtures = (seen: (headers: Readonly<Record<string, string | undefined>>) => void): SubgraphFixtures => ({
  shop: {
    typeDefs: `type Query { items: [Item!] fail: Int } type Subscription { ticks: Int } type Item @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: {
        items: () => [{ id: '1' }],
        fail: () => {
          throw new Error('a secret');
        },
      },
      Subscription: {
        ticks: {
          async *subscribe() {
            yield { ticks: 1 };
            yield { ticks: 2 };
          },
        },
      },
    },
  },
  stock: {
    typeDefs: `type Item @key(fields: "id") { id: ID! count: Int }`,
    resolvers: {
      Item: {
        count: (_item: unknown, _args: unknown, context: { headers: Record<string, string | undefined> }) => {
          seen(context.headers);
          return 4;
        },
      },
    },
  },
});

let collector: Server | undefined;
afterEach(() => void collector?.close());

async function startCollector(status = 200): Promise<{ endpoint: string; spans: () => SentSpan[] }> {
  const bodies: string[] = [];
  collector = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body);
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    spans: () =>
      bodies
        .map((body) => JSON.parse(body) as Export)
        .flatMap(({ resourceSpans }) => resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((s) => s.spans))),
  };
}

const attribute = ({ attributes }: SentSpan, key: string): unknown =>
  Object.values(attributes.find((each) => each.key === key)?.value ?? {})[0];

function tracedExecutor(tracing: Tracing, seen: Parameters<typeof fixtures>[0] = () => undefined) {
  const executor = createFixtureExecutor(fixtures(seen), { wrap: (made, name) => tracing.fetches(made, name) });
  return tracing.operations(executor);
}

test('an operation is a span below the caller’s, its fetches are below it, and the subgraph is told of its own', async () => {
  const { endpoint, spans } = await startCollector();
  const tracing = createTracing({ endpoint, log: { warn: () => undefined } });
  const told: (string | undefined)[] = [];
  const executor = tracedExecutor(tracing, ({ traceparent }) => told.push(traceparent));
  const [traceId, callersSpan] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  const context = { requestId: 'r1', headers: { traceparent: `00-${traceId}-${callersSpan}-01` } };
  expect(await query(executor, 'query Stock { items { count } }', { context })).toEqual({
    data: { items: [{ count: 4 }] },
  });
  await tracing.shutdown();
  const sent = new Map(spans().map((span) => [span.name, span]));
  expect([...sent.keys()].sort()).toEqual(['fetch shop', 'fetch stock', 'query Stock']);
  const operation = sent.get('query Stock');
  expect(operation).toMatchObject({ traceId, parentSpanId: callersSpan });
  expect(operation && attribute(operation, 'weft.request_id')).toBe('r1');
  for (const name of ['fetch shop', 'fetch stock'])
    expect(sent.get(name)).toMatchObject({ traceId, parentSpanId: operation?.spanId });
  expect(told).toEqual([`00-${traceId}-${sent.get('fetch stock')?.spanId}-01`]);
});

test('an error marks the spans with its code, and its message stays in the log', async () => {
  const { endpoint, spans } = await startCollector();
  const tracing = createTracing({ endpoint, log: { warn: () => undefined } });
  await query(tracedExecutor(tracing), '{ fail }');
  await tracing.shutdown();
  expect(spans().map(({ name, status }) => [name, status.code])).toEqual([
    ['fetch shop', 2],
    ['query', 2],
  ]);
  expect(JSON.stringify(spans())).not.toContain('a secret');
});

test('an operation that breaks off has its span all the same', async () => {
  const { endpoint, spans } = await startCollector();
  const tracing = createTracing({ endpoint, log: { warn: () => undefined } });
  const broken = tracing.operations({
    ...tracedExecutor(tracing),
    execute: () => Promise.reject(new Error('a secret')),
  });
  const operation = { source: '{ fail }', document: parse('{ fail }'), context: createContext() };
  await expect(async () => broken.execute(operation)).rejects.toThrow('a secret');
  await tracing.shutdown();
  expect(spans().map(({ name, status }) => [name, status.code])).toEqual([['query', 2]]);
});

test('a subscription is one span for as long as it lasts, with the number of its events', async () => {
  const { endpoint, spans } = await startCollector();
  const tracing = createTracing({ endpoint, log: { warn: () => undefined } });
  const source = 'subscription Ticks { ticks }';
  const events = await tracedExecutor(tracing).subscribe({ source, document: parse(source), context: createContext() });
  if (!(Symbol.asyncIterator in events)) throw new Error('it did not start');
  const seen: unknown[] = [];
  for await (const { data } of events) seen.push(data?.['ticks']);
  expect(seen).toEqual([1, 2]);
  await tracing.shutdown();
  const [span] = spans();
  expect(span?.name).toBe('subscription Ticks');
  expect(span && attribute(span, 'weft.events')).toBe(2);
});

test('when the collector refuses, every operation is answered all the same and the log says so', async () => {
  const { endpoint } = await startCollector(400);
  const warnings: string[] = [];
  const log = { warn: (_fields: unknown, message?: string) => void warnings.push(message ?? '') };
  const tracing = createTracing({ endpoint, log: log as never });
  expect(await query(tracedExecutor(tracing), '{ items { id } }')).toEqual({ data: { items: [{ id: '1' }] } });
  await tracing.shutdown();
  expect(warnings.join('\n')).toContain('traces: ');
});
