/** How the fields of one operation are keyed in the gathered data. */
import {
  OperationTypeNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { canonicalKey, canonicalMutationKey } from './canonical-key.js';
import { separatedFields } from './separated-fields.js';

export type SourceKey = (field: FieldNode) => string;

export interface SourceKeys {
  readonly ofRoot: SourceKey;
  readonly below: SourceKey;
}

export function sourceKeysOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SourceKeys {
  const separated = separatedFields(schema, operation, fragments);
  const below: SourceKey = separated.size === 0 ? canonicalKey : (field) => separated.get(field) ?? canonicalKey(field);
  return { below, ofRoot: operation.operation === OperationTypeNode.MUTATION ? canonicalMutationKey : below };
}
