import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isRequiredArgument,
  isRequiredInputField,
  parse,
  subscribe,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { pino } from 'pino';
import { createSubgraphServer, type RunningServer } from '../../gateway/index.js';
import type { GatewayContext } from '../../gateway/executor/index.js';
import { readSources, subgraphDocument } from '../../schema/index.js';
import { createSubgraph as auditAndBuilds } from '../../subgraphs/audit-and-builds/index.js';
import { createSubgraph as evidenceAndFeatures } from '../../subgraphs/evidence-and-features/index.js';
import { authenticateBearer, Identity } from '../../subgraphs/kernel/auth/index.js';
import { buildSubgraph, type SubgraphDefinition } from '../../subgraphs/kernel/subgraph/index.js';
import { createSubgraph as platform } from '../../subgraphs/platform/index.js';
import { createSubgraph as scanningAndWallets } from '../../subgraphs/scanning-and-wallets/index.js';
import { createSubgraph as traceability } from '../../subgraphs/traceability/index.js';
import { createSubgraph as workflow } from '../../subgraphs/workflow/index.js';
import { createMint, type TokenMint } from './graph/index.js';

const sources = readSources();
const reached: string[] = [];

/** A subgraph whose root fields only note that a call has come through to them. */
function noting(definition: SubgraphDefinition): GraphQLSchema {
  const note = (name: string) => () => {
    reached.push(name);
    return null;
  };
  const noted = Object.entries(definition.resolvers['Mutation'] ?? {}).map(([name]) => [name, note(name)]);
  const resolvers = { ...definition.resolvers, Mutation: Object.fromEntries(noted) };
  return buildSubgraph({ ...definition, resolvers }, subgraphDocument(definition, sources));
}

const schemas = [
  traceability(),
  auditAndBuilds(),
  evidenceAndFeatures(),
  scanningAndWallets(),
  workflow(),
  platform([]),
].map((definition) => [definition.name, noting(definition)] as const);

/** What the directive of a field asks for. */
function scopesOf(field: GraphQLField<unknown, unknown>): string[][] {
  const directive = field.astNode?.directives?.find(({ name }) => name.value === 'requiresScopes');
  const value = directive?.arguments?.[0]?.value;
  if (value?.kind !== 'ListValue') return [];
  return value.values.map((all) =>
    all.kind === 'ListValue' ? all.values.map((scope) => (scope.kind === 'StringValue' ? scope.value : '')) : [],
  );
}

function isProtected(field: GraphQLField<unknown, unknown>): boolean {
  return field.astNode?.directives?.some(({ name }) => /^(authenticated|requiresScopes)$/.test(name.value)) === true;
}

const samples: Record<string, unknown> = {
  ...{
    ID: 'Thing:1',
    String: 'text',
    Int: 1,
    Float: 1,
    Boolean: true,
    NonNegativeInt: 1,
    BigInt: 1,
    JSON: {},
    JSONObject: {},
  },
  ...{ DateTime: '2026-01-01T00:00:00Z', URL: 'https://example.com/', UUID: '00000000-0000-4000-8000-000000000000' },
};

/** The least that the type accepts. */
function sampleOf(type: GraphQLInputType): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  if (!isInputObjectType(nullable)) return samples[getNamedType(type).name];
  const required = Object.values(nullable.getFields()).filter(isRequiredInputField);
  return Object.fromEntries(required.map((field) => [field.name, sampleOf(field.type)]));
}

describe.each(schemas)('%s, at its own port', (name, schema) => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const protectedReads = Object.values(schema.getQueryType()?.getFields() ?? {}).filter(isProtected);
  const subscriptions = Object.values(schema.getSubscriptionType()?.getFields() ?? {}).filter(isProtected);
  let server: RunningServer;
  let mint: TokenMint;
  let url: string;

  beforeAll(async () => {
    mint = await createMint();
    server = createSubgraphServer({
      name,
      schema,
      authenticate: authenticateBearer(mint.verifyToken),
      contextFor: (context: GatewayContext) => ({ auth: context.identity, loaders: new Map() }),
      log: pino({ level: 'silent' }),
    });
    url = `${await server.listen(0)}/graphql`;
  });
  afterAll(async () => {
    await server.close();
    await mint.close();
  });

  /** The code of the refusal, or `reached`. */
  async function call(field: GraphQLField<unknown, unknown>, scopes?: readonly string[]): Promise<unknown> {
    reached.length = 0;
    const required = field.args.filter(isRequiredArgument);
    const declared = required.map((argument) => `$${argument.name}: ${String(argument.type)}`);
    const given = required.map((argument) => `${argument.name}: $${argument.name}`);
    const inParentheses = (list: readonly string[]) => (list.length === 0 ? '' : `(${list.join(', ')})`);
    const operation = mutations.includes(field) ? 'mutation' : 'query';
    const selection = isLeafType(getNamedType(field.type)) ? '' : '{ __typename }';
    const query = `${operation} ${inParentheses(declared)} { ${field.name}${inParentheses(given)} ${selection} }`;
    const variables = Object.fromEntries(required.map((argument) => [argument.name, sampleOf(argument.type)]));
    const authorization = scopes === undefined ? {} : { authorization: `Bearer ${await mint.mint({ scopes })}` };
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json', ...authorization },
      body: JSON.stringify({ query, variables }),
    });
    const answer = (await response.json()) as { errors?: { message: string; extensions?: { code?: string } }[] };
    if (reached.includes(field.name)) return 'reached';
    return answer.errors?.[0]?.extensions?.code ?? answer;
  }

  if (mutations.length > 0) {
    test.each(mutations.map((field) => [field.name, field] as const))(
      '%s is for callers with its scope alone',
      async (_name, field) => {
        const alternatives = scopesOf(field);
        expect(alternatives.length).toBeGreaterThan(0);
        expect(await call(field)).toBe('UNAUTHENTICATED');
        expect(await call(field, [])).toBe('FORBIDDEN');
        expect(await call(field, ['another:scope'])).toBe('FORBIDDEN');
        for (const scopes of alternatives) {
          expect(await call(field, scopes)).toBe('reached');
          for (const missing of scopes) {
            const others = scopes.filter((scope) => scope !== missing);
            if (others.length > 0) expect(await call(field, others)).toBe('FORBIDDEN');
          }
        }
      },
    );
  }

  test('no field for signed-in callers answers an anonymous one', async () => {
    expect(protectedReads.length).toBeGreaterThan(0);
    for (const field of protectedReads) {
      expect([field.name, await call(field)]).toEqual([field.name, 'UNAUTHENTICATED']);
    }
  });

  test('no subscription opens for an anonymous caller', async () => {
    expect(subscriptions.length).toBeGreaterThan(0);
    for (const { name: field, args } of subscriptions) {
      const given = args.filter(isRequiredArgument).map((argument) => `${argument.name}: "Thing:1"`);
      const document = parse(
        `subscription { ${field}${given.length === 0 ? '' : `(${given.join(', ')})`} { __typename } }`,
      );
      const contextValue = { auth: Identity.anonymous, loaders: new Map() };
      const answer = await subscribe({ schema, document, contextValue });
      expect([field, answer]).toMatchObject([field, { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] }]);
    }
  });
});
