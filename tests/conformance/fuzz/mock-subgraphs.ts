/** Subgraphs from their SDL alone, answering from a made-up world. */
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  isInterfaceType,
  isObjectType,
  isUnionType,
  parse,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import type { Resolvers } from '../compose-fixture.js';
import { canonical } from './digest.js';
import type { MockObject, World } from './world.js';

/** Called as a root field of a mutation begins: its name and arguments. */
export type ObserveMutation = (call: string) => void;

export const eventsOfSubscription = 2;

export function buildMockSubgraph(
  name: string,
  sdl: string,
  world: World,
  observe: ObserveMutation = () => {},
): GraphQLSchema {
  const typeDefs = parse(sdl, { noLocation: true });
  const resolvers: Record<string, Resolvers> = {};
  for (const definition of typeDefs.definitions) {
    if (!('directives' in definition) || !definition.directives?.some((directive) => directive.name.value === 'key')) {
      continue;
    }
    if (!('name' in definition) || definition.name === undefined) continue;
    const type = definition.name.value;
    resolvers[type] = {
      __resolveReference: (represented: Record<string, unknown>) => {
        const entity = world.entityOf(type, represented);
        return entity === null || world.isMissing(name, entity.__typename, entity.identity) ? null : entity;
      },
    };
  }
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: resolvers as never }]);
  answerFrom(schema, world, { subgraph: name, observe });
  return schema;
}

/** Gives every field of `schema` its value from `world`. */
export function answerFrom(
  schema: GraphQLSchema,
  world: World,
  { subgraph, observe = () => {} }: { readonly subgraph?: string; readonly observe?: ObserveMutation },
): void {
  const mutation = schema.getMutationType();
  const subscription = schema.getSubscriptionType();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('_')) continue;
    if (isInterfaceType(type) || isUnionType(type)) {
      type.resolveType = (value: MockObject) => value.__typename;
    }
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.name === '_entities' || field.name === '_service') continue;
      const root = { __typename: type.name, identity: 'root' };
      const fieldType = field.type;
      field.resolve = (
        source: MockObject | undefined,
        args: Record<string, unknown>,
        _: unknown,
        info: GraphQLResolveInfo,
      ) => {
        if (type === mutation) observe(`${info.fieldName}${canonical(args)}`);
        const parent = source ?? root;
        return world.answer({ type: type.name, field: field.name, fieldType, parent, args, subgraph });
      };
      if (type === subscription) field.subscribe = () => events(type.name);
    }
  }
}

async function* events(typename: string): AsyncGenerator<MockObject> {
  for (let i = 0; i < eventsOfSubscription; i++) yield { __typename: typename, identity: `event ${i}` };
}
