/** The reference: a graph's API as one schema, executed by graphql-js alone. */
import {
  buildASTSchema,
  buildSchema,
  isNonNullType,
  isListType,
  isObjectType,
  Kind,
  parse,
  printSchema,
  visit,
  type GraphQLOutputType,
  type GraphQLSchema,
  type TypeNode,
  GraphQLError,
} from 'graphql';
import { answerFrom, type ObserveMutation } from './mock-subgraphs.js';
import type { World } from './world.js';

export function buildReference(apiSchema: GraphQLSchema, world: World, observe: ObserveMutation): GraphQLSchema {
  const schema = buildSchema(printSchema(apiSchema));
  answerFrom(schema, world, { observe });
  return schema;
}

/**
 * The same with every field nullable: no null hides what failed beside or below it, so its errors are all that any
 * execution may meet.
 */
export function buildLenientReference(apiSchema: GraphQLSchema, world: World): GraphQLSchema {
  const document = visit(parse(printSchema(apiSchema), { noLocation: true }), {
    FieldDefinition: (field) => ({ ...field, type: nullable(field.type) }),
    InputObjectTypeDefinition: () => false,
  });
  const schema = buildASTSchema(document, { assumeValid: true });
  answerFrom(schema, world, {});
  for (const type of Object.values(schema.getTypeMap())) {
    const strict = apiSchema.getType(type.name);
    if (!isObjectType(type) || !isObjectType(strict) || type.name.startsWith('__')) continue;
    for (const [name, field] of Object.entries(type.getFields())) {
      const resolve = field.resolve;
      const fieldType = strict.getFields()[name]?.type;
      if (resolve === undefined || fieldType === undefined) continue;
      const isRootOfEvents = strict === apiSchema.getSubscriptionType();
      field.resolve = (source, args) => {
        const parent: unknown = source ?? { __typename: type.name, identity: isRootOfEvents ? 'event 0' : 'root' };
        // The world is asked with the true type: what it answers depends on where nulls may be.
        const question = {
          type: type.name,
          field: name,
          fieldType,
          parent: parent as never,
          args,
          subgraph: undefined,
        };
        return explained(world.answer(question), fieldType, `${type.name}.${name}`);
      };
    }
  }
  return schema;
}

/** Says for each null that must not be one what a strict execution would say. */
function explained(value: unknown, type: GraphQLOutputType, name: string): unknown {
  if (value instanceof Error) return value;
  if (isNonNullType(type)) {
    return value === null ? new GraphQLError(`${name} is null`) : explained(value, type.ofType, name);
  }
  return Array.isArray(value) && isListType(type) ? value.map((item) => explained(item, type.ofType, name)) : value;
}

function nullable(type: TypeNode): TypeNode {
  if (type.kind === Kind.NON_NULL_TYPE) return nullable(type.type);
  return type.kind === Kind.LIST_TYPE ? { ...type, type: nullable(type.type) } : type;
}
