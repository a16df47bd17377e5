import { describe, expect, test } from '@jest/globals';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { readRequirements } from './requirements.js';

const links = `
  schema
    @link(url: "https://specs.apollo.dev/link/v1.0")
    @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)
    @link(url: "https://specs.apollo.dev/authenticated/v0.1", for: SECURITY)
    @link(url: "https://specs.apollo.dev/requiresScopes/v0.1", as: "scoped", for: SECURITY)
  { query: Query }
`;

function scopesOf(clauses: readonly { scopes: readonly (readonly string[])[] | null }[]) {
  return clauses.map(({ scopes }) => scopes);
}

describe('what a supergraph asks of the caller', () => {
  test('a field asks what every field in its @requires asks, however deep', () => {
    const requirements = readRequirements(`${links}
      type Query { user: User }
      type User {
        id: ID!
        salary: Money @join__field(graph: A)
        tax: Int @join__field(graph: B, requires: "salary { amount ... on Money { currency { code } } }")
        total: Int @join__field(graph: C, requires: "tax")
        circle: Int @join__field(graph: C, requires: "round")
        round: Int @join__field(graph: B, requires: "circle") @authenticated
      }
      type Money { amount: Int @scoped(scopes: [["pay"]]) currency: Currency }
      type Currency @authenticated { code: String }
    `);
    expect(scopesOf(requirements.ofField('User', 'tax'))).toEqual([[['pay']], null]);
    expect(scopesOf(requirements.ofField('User', 'total'))).toEqual([[['pay']], null]);
    expect(scopesOf(requirements.ofField('User', 'circle'))).toEqual([null]);
    expect(scopesOf(requirements.ofField('User', 'round'))).toEqual([null]);
    expect(requirements.ofField('User', 'id')).toEqual([]);
  });

  test("an interface's clause that composition gathered from its objects asks nothing of the others", () => {
    const requirements = readRequirements(`${links}
      type Query { node: Node }
      interface Node { name: String @authenticated @scoped(scopes: [["a", "b"], ["a", "c"]]) }
      type One implements Node { name: String @authenticated @scoped(scopes: [["a"]]) }
      type Two implements Node { name: String @scoped(scopes: [["b"], ["c"]]) }
      type Three implements Node { name: String }
    `);
    expect(requirements.ofField('Three', 'name')).toEqual([]);
    expect(scopesOf(requirements.ofField('Two', 'name'))).toEqual([[['b'], ['c']]]);
    expect(scopesOf(requirements.ofField('One', 'name'))).toEqual([null, [['a']]]);
  });

  test("an interface's clause that none of its objects has is asked of every object", () => {
    const requirements = readRequirements(`${links}
      type Query { node: Node }
      interface Node @scoped(scopes: [["node"]]) { name: String @authenticated }
      type One implements Node { name: String }
      type Two implements Node { name: String }
    `);
    expect(scopesOf(requirements.ofField('One', 'name'))).toEqual([null]);
    expect(scopesOf(requirements.ofType('Two'))).toEqual([[['node']]]);
  });

  test('a supergraph whose protection this gateway does not give is refused', () => {
    const policy = links.replace(
      '{ query',
      '@link(url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY) { query',
    );
    expect(() => readRequirements(`${policy} type Query { a: Int @policy(policies: [["x"]]) }`)).toThrow(StartupError);
    expect(() => readRequirements(`${policy} type Query { a: Int }`)).toThrow(/@policy/);
  });

  test('a supergraph without protection asks nothing', () => {
    expect(readRequirements(`${links} type Query { a: Int }`).isEmpty).toBe(true);
  });
});
