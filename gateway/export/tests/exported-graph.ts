/** A gateway over a list of pages, of which the test sees each that is asked for and may hold or fail it. */
import { GraphQLError, GraphQLScalarType } from 'graphql';
import type { GatewayServerOptions } from '../../index.js';
import { createFixtureExecutor } from '../../../tests/conformance/compose-fixture.js';
import { startGateway, type TestGateway } from '../../../tests/security/graph/index.js';

export interface AskedPage {
  readonly first: number;
  readonly after: string | null;
}

export interface ExportedGraph extends TestGateway {
  /** Since it was last emptied. */
  readonly asked: AskedPage[];
  /** Called before a page is answered: what it throws is the page's error. */
  onPage: (page: AskedPage, number: number) => void | Promise<void>;
  rows(query: string, accept: string, signal?: AbortSignal): Promise<Response>;
}

export const items = Array.from({ length: 250 }, (_, index) => ({
  id: String(index + 1),
  text: `item ${index + 1}`,
  size: index - 3,
  part: index % 2 === 0 ? { code: `P${index}`, maker: { name: 'Ann' } } : null,
  tags: [`t${index}`],
  padding: 'x'.repeat(100_000),
}));

const typeDefs = `
  scalar Big
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Maker { name: String }
  type Part { code: String! maker: Maker }
  type Screw { id: ID! length: Int }
  type Nut { id: ID! width: Int }
  union Thing = Screw | Nut
  type Item { id: ID! text: String size: Int part: Part tags: [String!]! big: Big broken: String
    secret: String @requiresScopes(scopes: [["secrets:read"]]) padding: String things(first: Int): ThingConnection }
  type ItemEdge { cursor: String! node: Item! }
  type ItemConnection { nodes: [Item!]! edges: [ItemEdge!]! pageInfo: PageInfo! totalCount: Int! byTag(size: Int): [Group!]! }
  type Group { tag: String! count: Int! }
  type ThingConnection { nodes: [Thing!]! totalCount: Int! pageInfo: PageInfo! }
  type Owner { name: String items(first: Int, after: String, last: Int, before: String, prefix: String): ItemConnection }
  type Query {
    items(first: Int, after: String, last: Int, before: String, prefix: String): ItemConnection
    things(first: Int, after: String): ThingConnection
    owner(name: String): Owner
    version: String
  }`;

interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly prefix?: string | null;
}

export async function startExportedGraph(options: Partial<GatewayServerOptions> = {}): Promise<ExportedGraph> {
  const asked: AskedPage[] = [];
  let onPage: ExportedGraph['onPage'] = () => undefined;
  const page = async ({ first, after, prefix }: PageArguments) => {
    const one = { first: first ?? 20, after: after ?? null };
    if (one.first > 100) throw new GraphQLError('first must be 1 to 100', { extensions: { code: 'BAD_USER_INPUT' } });
    asked.push(one);
    await onPage(one, asked.length);
    const start = Number(one.after ?? 0);
    const matching = items.map((item) => ({ ...item, text: `${prefix ?? ''}${item.text}` }));
    const nodes = matching.slice(start, start + one.first);
    const endCursor = nodes.at(-1)?.id ?? null;
    return {
      nodes,
      edges: nodes.map((node) => ({ cursor: node.id, node })),
      pageInfo: { hasNextPage: start + nodes.length < items.length, endCursor },
      totalCount: items.length,
      byTag: ({ size }: { size: number }) => Array.from({ length: size }, (_, n) => ({ tag: `=t${n}`, count: n })),
    };
  };
  const things = () => ({
    nodes: [
      { __typename: 'Screw', id: 's', length: 3 },
      { __typename: 'Nut', id: 'n', width: 4 },
    ],
    totalCount: 2,
    pageInfo: { hasNextPage: false, endCursor: null },
  });
  const executor = createFixtureExecutor({
    store: {
      typeDefs,
      resolvers: {
        Big: new GraphQLScalarType({ name: 'Big' }),
        Item: {
          things,
          big: () => '123',
          broken() {
            throw new GraphQLError('not for you', { extensions: { code: 'FORBIDDEN' } });
          },
        },
        Owner: { items: (_: unknown, given: PageArguments) => page(given) },
        Query: {
          items: (_: unknown, given: PageArguments) => page(given),
          things,
          owner: (_: unknown, { name }: { name: string }) => (name === 'nobody' ? null : { name }),
          version: () => '1',
        },
      },
    },
  });
  const gateway = await startGateway({ ...options, executor });
  return {
    ...gateway,
    asked,
    get onPage() {
      return onPage;
    },
    set onPage(next) {
      onPage = next;
    },
    rows: (query, accept, signal) =>
      fetch(gateway.graphql, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: query.startsWith('{"') ? query : JSON.stringify({ query }),
        ...(signal !== undefined && { signal }),
      }),
  };
}
