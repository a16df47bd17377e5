import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { Client, fetchExchange } from '@urql/core';
import { meros } from 'meros/browser';
import relay, { type GraphQLResponse, type GraphQLSingularResponse } from 'relay-runtime';
import { startGateway, type TestGateway } from '../../security/graph/index.js';
import { createFixtureExecutor } from '../compose-fixture.js';
import { Gates, gatedSubgraphs } from './gated-graph.js';
import { relayRequest } from './relay-request.js';

const query = `query Product {
  product(id: "p1") {
    id
    name
    ... on Product @defer(label: "Product$defer$Reviews") {
      id
      rating
      reviews { id ... on Review @defer(label: "Product$defer$Author") { id author { id name } } }
    }
  }
}`;

const author = (id: string) => ({ id, name: `name of ${id}` });
const first = { product: { id: 'p1', name: 'name of p1' } };
const second = {
  product: { ...first.product, rating: 'rating came', reviews: [{ id: 'p1-r1' }, { id: 'p1-r2' }] },
};
const third = {
  product: {
    ...second.product,
    reviews: [
      { id: 'p1-r1', author: author('u1') },
      { id: 'p1-r2', author: author('u1') },
    ],
  },
};

describe('clients put the parts together', () => {
  const gates = new Gates();
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await startGateway({ executor: createFixtureExecutor(gatedSubgraphs(gates)) });
  });
  beforeEach(() => gates.reset());
  afterAll(async () => {
    gates.reset();
    await gateway.close();
  });

  /** Opens the gates of the next part when the one before has been seen. */
  function seen(states: unknown[], data: unknown): void {
    states.push(withoutTypenames(data));
    gates.open(...(states.length === 1 ? ['rating', 'reviews'] : ['name']));
  }

  test.each([
    ['Defer20220824Handler', new Defer20220824Handler()],
    ['GraphQL17Alpha9Handler', new GraphQL17Alpha9Handler()],
  ])('Apollo Client 4 with its %s', async (_name, incrementalHandler) => {
    const client = new ApolloClient({
      link: new HttpLink({ uri: gateway.graphql }),
      cache: new InMemoryCache(),
      // Their own types disagree under exactOptionalPropertyTypes.
      incrementalHandler: incrementalHandler as Defer20220824Handler,
    });
    const states: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      client.watchQuery({ query: gql(query), errorPolicy: 'all' }).subscribe({
        next({ data, dataState, loading, error }) {
          if (error !== undefined) reject(new Error('the answer has errors', { cause: error }));
          if (data === undefined) return;
          seen(states, data);
          if (dataState === 'complete' && !loading) resolve();
        },
      });
    });
    client.stop();
    expect(states).toEqual([first, second, third]);
  });

  test.each([
    ['multipart', {}],
    ['multipart of the newer format', { accept: 'multipart/mixed;incrementalSpec=v0.2, application/json' }],
    ['events', { accept: 'text/event-stream' }],
    ['events of the newer format', { accept: 'text/event-stream;incrementalSpec=v0.2' }],
  ])('urql by %s', async (_name, headers) => {
    const client = new Client({
      url: gateway.graphql,
      exchanges: [fetchExchange],
      preferGetMethod: false,
      fetchOptions: { headers: { ...headers } },
    });
    const states: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      client.query(query, {}).subscribe(({ data, error, hasNext }) => {
        if (error !== undefined) reject(error);
        seen(states, data);
        if (!hasNext) resolve();
      });
    });
    expect(states).toEqual([first, second, third]);
  });

  test('Relay with a fetch function that reads multipart', async () => {
    const { Environment, Network, Observable, RecordSource, Store, createOperationDescriptor } = relay;
    const fetchParts = async (text: string, push: (response: GraphQLResponse) => void): Promise<void> => {
      const response = await gateway.post(
        { query: text },
        { accept: 'multipart/mixed; deferSpec=20220824, application/json' },
      );
      const parts = await meros<
        GraphQLSingularResponse & { incremental?: GraphQLSingularResponse[]; hasNext: boolean }
      >(response);
      if (!(Symbol.asyncIterator in parts)) throw new Error('the answer is whole');
      for await (const part of parts) {
        if (!part.json) throw new Error('a part that is no JSON');
        const { incremental, hasNext, ...whole } = part.body;
        const responses = incremental ?? [whole as GraphQLSingularResponse];
        push(
          responses.map((one: GraphQLSingularResponse) => ({
            ...one,
            extensions: { is_final: !hasNext },
          })) as GraphQLResponse,
        );
      }
    };
    const environment = new Environment({
      network: Network.create(({ text }) =>
        Observable.create((sink) => {
          fetchParts(text ?? '', (response) => sink.next(response)).then(sink.complete, sink.error);
        }),
      ),
      store: new Store(new RecordSource()),
    });
    const operation = createOperationDescriptor(relayRequest(query), {});
    const retained = environment.retain(operation);
    const states: unknown[] = [];
    await new Promise<void>((resolve, reject) => {
      environment.execute({ operation }).subscribe({
        next: () => seen(states, environment.lookup(operation.fragment).data),
        error: reject,
        complete: resolve,
      });
    });
    retained.dispose();
    expect(states).toEqual([first, second, third]);
  });
});

/** As the parts tell it: what is not there yet is not there. */
function withoutTypenames(data: unknown): unknown {
  return JSON.parse(
    JSON.stringify(data, (key, value: unknown) => (key === '__typename' ? undefined : value)),
  ) as unknown;
}
