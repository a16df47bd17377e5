/** What a caller may not see, for an executor that leaves it out itself. */
import {
  getNamedType,
  GraphQLError,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type GraphQLCompositeType,
} from 'graphql';
import type { Denial, Shield } from '../executor/operation/shield.js';
import type { Filtering } from './access.js';
import { denial, type Clause } from './clause.js';
import { filterOperation } from './filter-operation.js';

export function createShield(filtering: Omit<Filtering, 'fragments'>, key: string): Shield {
  const { schema, access } = filtering;

  /** What any of the types asks, when the caller sees none of them. */
  const hidden = (type: GraphQLCompositeType): readonly Clause[] | null => {
    if (access.visibleTypes(type).length > 0) return null;
    const objects = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    for (const { name } of objects) {
      const denied = access.deniedType(name);
      if (denied !== null) return denied;
    }
    return null;
  };

  return {
    key,
    visible(operation) {
      const filtered = filterOperation({ ...filtering, fragments: new Map() }, operation);
      const definition = filtered?.definitions[0];
      return definition?.kind === Kind.OPERATION_DEFINITION ? definition : null;
    },
    deniedField(typeName, fieldName) {
      const type = schema.getType(typeName);
      if (!isObjectType(type) && !isInterfaceType(type)) return null;
      const field = type.getFields()[fieldName];
      const inner = field === undefined ? undefined : getNamedType(field.type);
      return toDenial(
        access.deniedType(typeName) ??
          access.deniedField(typeName, fieldName) ??
          (isCompositeType(inner) ? hidden(inner) : null),
      );
    },
    deniedType: (type) => toDenial(access.deniedType(type)),
  };
}

function toDenial(clauses: readonly Clause[] | null): Denial | null {
  if (clauses === null) return null;
  return (path, { identity }) => {
    const error = denial(identity, clauses);
    return new GraphQLError(error.message, { path, extensions: { ...error.extensions } });
  };
}
