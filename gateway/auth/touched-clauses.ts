/** Every clause that decides on some part of an operation, whoever calls. */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { distinct, type Clause } from './clause.js';
import type { Requirements } from './requirements.js';

/** Of all operations of the document. It must be valid against `schema`. */
export function touchedClauses(schema: GraphQLSchema, requirements: Requirements, document: DocumentNode): Clause[] {
  if (requirements.isEmpty) return [];
  const clauses: Clause[] = [];
  const seen = new Set<string>();
  const once = (key: string, add: () => readonly Clause[]) => {
    if (!seen.has(key)) clauses.push(...add());
    seen.add(key);
  };
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field({ name }) {
        const parent = info.getParentType();
        const type = getNamedType(info.getType());
        if (!isCompositeType(parent)) return;
        for (const object of objectsOf(schema, parent)) {
          once(object, () => requirements.ofType(object));
          once(`${object}.${name.value}`, () => requirements.ofField(object, name.value));
        }
        if (!isCompositeType(type)) return;
        for (const object of objectsOf(schema, type)) once(object, () => requirements.ofType(object));
      },
    }),
  );
  return distinct(clauses);
}

function objectsOf(schema: GraphQLSchema, type: NonNullable<ReturnType<TypeInfo['getParentType']>>): string[] {
  if (isObjectType(type)) return [type.name];
  return isAbstractType(type) ? schema.getPossibleTypes(type).map(({ name }) => name) : [];
}
