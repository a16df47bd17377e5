/** Apollo Client with nothing set but the address: each operation as the network answers it, and again from the cache alone. */
import { deepStrictEqual } from 'node:assert';
import { ApolloClient, HttpLink, InMemoryCache, type DocumentNode } from '@apollo/client';
import { operation } from './codegen/uses.js';
import { queries } from './codegen/queries.js';

const client = new ApolloClient({
  link: new HttpLink({ uri: process.argv[2] ?? '' }),
  cache: new InMemoryCache(),
});

// Whatever it warns of: fields that are lost when objects are merged, fragments that it can't match.
const warnings: unknown[][] = [];
console.warn = console.error = (...warning: unknown[]) => void warnings.push(warning);

const { data } = await client.query({ query: operation, variables: { first: 3 } });
// @ts-expect-error -- no such field
void data?.requirements?.nodes[0]?.gxpid;

// Together they have no one type: what each asks for differs.
for (const [name, query] of Object.entries(queries) as [string, DocumentNode][]) {
  const fromNetwork = await client.query({ query, fetchPolicy: 'network-only' });
  const fromCache = client.readQuery({ query });
  deepStrictEqual(fromCache, fromNetwork.data, name);
}
console.log(
  JSON.stringify({ queries: Object.keys(queries).length, names: data?.requirements?.nodes.length, warnings }),
);
