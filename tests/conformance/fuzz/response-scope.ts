/** What stands under each key of one object of the response: which fields may share a key, as the specification has it. */
import {
  isListType,
  isLeafType,
  isNonNullType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLOutputType,
} from 'graphql';

export interface ScopedField {
  readonly name: string;
  readonly args: string;
  readonly type: GraphQLOutputType;
  /** The types that the field and those around it are selected of, from the root: the objects' own, or `*`. */
  readonly branch: readonly string[];
}

export class ResponseScope {
  readonly #fields = new Map<string, ScopedField[]>();
  readonly #below = new Map<string, ResponseScope>();

  fields(): IterableIterator<[string, readonly ScopedField[]]> {
    return this.#fields.entries();
  }

  accepts(key: string, field: ScopedField): boolean {
    return (this.#fields.get(key) ?? []).every((other) =>
      areExclusive(field.branch, other.branch)
        ? haveSameShape(field.type, other.type)
        : field.name === other.name && field.args === other.args,
    );
  }

  add(key: string, field: ScopedField): void {
    const fields = this.#fields.get(key);
    if (fields === undefined) this.#fields.set(key, [field]);
    else fields.push(field);
  }

  below(key: string): ResponseScope {
    let scope = this.#below.get(key);
    if (scope === undefined) this.#below.set(key, (scope = new ResponseScope()));
    return scope;
  }
}

export function branchOf(type: GraphQLCompositeType): string {
  return isObjectType(type) ? type.name : '*';
}

/** Whether both are of one object: then their arguments may not differ. */
export function areExclusive(one: readonly string[], other: readonly string[]): boolean {
  return one.some((type, depth) => {
    const against = other[depth];
    return type !== '*' && against !== undefined && against !== '*' && type !== against;
  });
}

function haveSameShape(one: GraphQLOutputType, other: GraphQLOutputType): boolean {
  if (isNonNullType(one) || isNonNullType(other)) {
    return isNonNullType(one) && isNonNullType(other) && haveSameShape(one.ofType, other.ofType);
  }
  if (isListType(one) || isListType(other)) {
    return isListType(one) && isListType(other) && haveSameShape(one.ofType, other.ofType);
  }
  return isLeafType(one) || isLeafType(other) ? one === other : true;
}
