/** Puts back, as nulls with an error each, what was taken out of an operation, where the answer has a place for it. */
import {
  getNamedType,
  GraphQLError,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type OperationDefinitionNode,
} from 'graphql';
import type { Identity } from '../../subgraphs/kernel/auth/index.js';
import {
  gatherFields,
  inResponseOrder,
  type FieldGroup,
  type SelectionGroup,
} from '../executor/operation/field-groups.js';
import type { Filtering } from './access.js';
import { denial, type Clause } from './clause.js';

type Json = Readonly<Record<string, unknown>>;

/** One answer being restored. */
interface Restoration {
  readonly variables: Json;
  readonly identity: Identity;
  readonly errors: GraphQLError[];
}

interface Path {
  readonly above: Path | null;
  readonly key: string | number;
}

/** Null where a field is null that may not be: it propagates to the nearest place that may. */
type RestoreObject = (data: Json, path: Path | null, run: Restoration) => Record<string, unknown> | null;
type RestoreValue = (value: unknown, path: Path, run: Restoration) => unknown;
type RestoreField = (data: Json, into: Record<string, unknown>, path: Path | null, run: Restoration) => boolean;

export interface RestoredAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLError[];
}

export type RestoreAnswer = (data: Json, variables: Json, identity: Identity) => RestoredAnswer;

export function compileRestore(filtering: Filtering, operation: OperationDefinitionNode): RestoreAnswer {
  const root = filtering.schema.getRootType(operation.operation) as GraphQLObjectType;
  const compiler = new RestoreCompiler(filtering);
  const restore = compiler.object(root, [{ selections: operation.selectionSet.selections, conditions: null }]);
  return (data, variables, identity) => {
    const errors: GraphQLError[] = [];
    return { data: restore(data, null, { variables, identity, errors }), errors };
  };
}

class RestoreCompiler {
  readonly #filtering: Filtering;

  constructor(filtering: Filtering) {
    this.#filtering = filtering;
  }

  object(type: GraphQLObjectType, groups: readonly SelectionGroup[]): RestoreObject {
    const ofType = this.#filtering.access.deniedType(type.name);
    const gathered = gatherFields(this.#filtering.schema, type, groups, this.#filtering.fragments);
    const fields = inResponseOrder(gathered).map(({ group, isSelected }) => ({
      key: group.key,
      isSelected,
      restore: this.#field(type, group, ofType),
    }));
    return (data, path, run) => {
      const restored: Record<string, unknown> = {};
      for (const { key, isSelected, restore } of fields) {
        if (isSelected?.(run.variables) === false || Object.hasOwn(restored, key)) continue;
        if (!restore(data, restored, path, run)) return null;
      }
      return restored;
    };
  }

  /** The field answers false when it is null and may not be. */
  #field(type: GraphQLObjectType, group: FieldGroup, ofType: readonly Clause[] | null): RestoreField {
    const { key, name } = group;
    if (name.startsWith('__')) return copyField(key);
    const field = type.getFields()[name];
    if (field === undefined) return copyField(key);
    const inner = getNamedType(field.type);
    const hidden =
      isCompositeType(inner) && this.#filtering.access.visibleTypes(inner).length === 0 ? this.#all(inner) : null;
    const denied = ofType ?? this.#filtering.access.deniedField(type.name, name) ?? hidden;
    const mayBeNull = !isNonNullType(field.type);
    if (denied !== null) {
      return (_data, into, path, run) => {
        run.errors.push(errorAt({ above: path, key }, denied, run.identity));
        into[key] = null;
        return mayBeNull;
      };
    }
    if (!isCompositeType(inner)) return copyField(key);
    const restore = this.#value(field.type, inner, group.groups);
    return (data, into, path, run) => {
      if (!(key in data)) return true;
      const value = restore(data[key], { above: path, key }, run);
      into[key] = value;
      return value !== null || mayBeNull;
    };
  }

  /** What any of the types asks: the caller sees none of them. */
  #all(type: GraphQLCompositeType): readonly Clause[] | null {
    const objects = isAbstractType(type) ? this.#filtering.schema.getPossibleTypes(type) : [type];
    for (const { name } of objects) {
      const denied = this.#filtering.access.deniedType(name);
      if (denied !== null) return denied;
    }
    return null;
  }

  #value(type: GraphQLOutputType, named: GraphQLCompositeType, groups: readonly SelectionGroup[]): RestoreValue {
    if (isNonNullType(type)) return this.#value(type.ofType, named, groups);
    if (isListType(type)) {
      const item = this.#value(type.ofType, named, groups);
      const mayBeNull = !isNonNullType(type.ofType);
      return (value, path, run) => {
        if (!Array.isArray(value)) return null;
        const items = value.map((one: unknown, index) => item(one, { above: path, key: index }, run));
        return mayBeNull || items.every((one) => one !== null) ? items : null;
      };
    }
    return isObjectType(named) ? this.#concrete(named, groups) : this.#abstract(groups);
  }

  #concrete(type: GraphQLObjectType, groups: readonly SelectionGroup[]): RestoreValue {
    const restore = this.object(type, groups);
    return (value, path, run) => (value === null || value === undefined ? null : restore(value as Json, path, run));
  }

  /** By the type of the object that is there. One whose type the caller may not see is as good as not there. */
  #abstract(groups: readonly SelectionGroup[]): RestoreValue {
    const byType = new Map<string, RestoreValue>();
    const ofType = (name: string): RestoreValue => {
      const type = this.#filtering.schema.getType(name);
      const denied = this.#filtering.access.deniedType(name);
      if (!isObjectType(type)) return () => null;
      if (denied === null) return this.#concrete(type, groups);
      return (_value, path, run) => {
        run.errors.push(errorAt(path, denied, run.identity));
        return null;
      };
    };
    return (value, path, run) => {
      if (value === null || value === undefined) return null;
      const name = String((value as Json)[this.#filtering.typenameKey]);
      let restore = byType.get(name);
      if (restore === undefined) byType.set(name, (restore = ofType(name)));
      return restore(value, path, run);
    };
  }
}

function copyField(key: string): RestoreField {
  return (data, into) => {
    if (key in data) into[key] = data[key];
    return true;
  };
}

function errorAt(path: Path, clauses: readonly Clause[], identity: Identity): GraphQLError {
  const error = denial(identity, clauses);
  return new GraphQLError(error.message, { path: toList(path), extensions: { ...error.extensions } });
}

function toList(path: Path | null): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = path; at !== null; at = at.above) keys.push(at.key);
  return keys.reverse();
}
