import { expect, test } from '@jest/globals';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { readSupergraph } from './index.js';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@context", "@fromContext"])`;

test('a supergraph whose arguments come from a context is refused by the field that takes one', () => {
  const shop = `${link} type Query { user: User! } scalar federation__ContextFieldValue
    type User @key(fields: "id") @context(name: "user") { id: ID! currency: String! deal: Deal! }
    type Deal @key(fields: "id") {
      id: ID! price(currency: String @fromContext(field: "$user { currency }")): Int }`;
  const labels = `${link} type Deal @key(fields: "id") { id: ID! label: String }`;
  const services = Object.entries({ shop, labels }).map(([name, sdl]) => ({
    name,
    url: `http://${name}.test`,
    typeDefs: parse(sdl),
  }));
  const { supergraphSdl, errors } = composeServices(services);
  expect(errors).toBeUndefined();
  expect(() => readSupergraph(supergraphSdl ?? '')).toThrow(
    "The supergraph can't be used: Arguments from a context (@context, @fromContext) are not supported: " +
      'Deal.price of the subgraph SHOP takes one.',
  );
});

test('one that is protected by what is not enforced here is refused by the name of that', () => {
  const sdl = `schema @link(url: "https://specs.apollo.dev/link/v1.0")
    @link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY) { query: Query } type Query { a: Int }`;
  expect(() => readSupergraph(sdl)).toThrow('protected by @policy, which this gateway does not enforce');
});
