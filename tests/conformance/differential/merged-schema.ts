/** The reference: the API of the differential graph as one schema, executed by graphql-js alone. */
import { buildSchema, isAbstractType, isObjectType, printSchema, type GraphQLSchema } from 'graphql';
import { isMissing } from './faults.js';
import { owners } from './graph.js';
import { fieldValue, guarded, type FieldArguments, type Parent, type ValueContext } from './values.js';

/** Fields of value types and keys: their values stand in the parent. */
const plainFields = /^(Money|Size)\.|^Variant\.(product|code)$|\.id$/;

export function buildMergedSchema(apiSchema: GraphQLSchema): GraphQLSchema {
  const schema = buildSchema(printSchema(apiSchema));
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value: { __typename: string }) => value.__typename;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const name = `${type.name}.${field.name}`;
      if (plainFields.test(name)) continue;
      const value = guarded(type.name, field.name, fieldValue(type.name, field.name));
      field.resolve = (parent: Parent, args: FieldArguments, context: ValueContext) => {
        const owner = ownerOf(name, context);
        const entityType = owner === 'ratings' ? 'Media' : type.name;
        return owner !== undefined && isMissing(owner, entityType, parent.id) ? null : value(parent, args, context);
      };
    }
  }
  return schema;
}

/** The progressive overrides are between the inventory, which may not know a product, and one that knows them all. */
function ownerOf(field: string, { overridePercentage = 0, overrideLabels = [] }: ValueContext): string | undefined {
  if (field === 'Product.rollout') return overridePercentage < 40 ? 'inventory' : undefined;
  if (field === 'Product.beta') return overrideLabels.includes('beta') ? 'inventory' : undefined;
  return owners[field];
}
