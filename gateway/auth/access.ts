/** What one caller may see, of what an operation asks for. */
import {
  isAbstractType,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { Clause } from './clause.js';
import type { Requirements } from './requirements.js';

export class Access {
  readonly #schema: GraphQLSchema;
  readonly #requirements: Requirements;
  readonly #holds: (clause: Clause) => boolean;

  constructor(schema: GraphQLSchema, requirements: Requirements, holds: (clause: Clause) => boolean) {
    this.#schema = schema;
    this.#requirements = requirements;
    this.#holds = holds;
  }

  /** Null when objects of the type may be seen, else what they ask. */
  deniedType(type: string): readonly Clause[] | null {
    return this.#denied(this.#requirements.ofType(type));
  }

  /** Null when the field of objects of the type may be seen, else what it asks. */
  deniedField(type: string, field: string): readonly Clause[] | null {
    return this.#denied(this.#requirements.ofField(type, field));
  }

  /** The object types that a value of `type` can have and the caller may see. */
  visibleTypes(type: GraphQLCompositeType): GraphQLObjectType[] {
    const types = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    return types.filter(({ name }) => this.deniedType(name) === null);
  }

  #denied(clauses: readonly Clause[]): readonly Clause[] | null {
    return clauses.every(this.#holds) ? null : clauses;
  }
}

/** What filtering an operation and restoring its answer go by. */
export interface Filtering {
  readonly schema: GraphQLSchema;
  readonly access: Access;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Selected wherever the type of an object is not known beforehand: it tells which fields were taken out of this object. */
  readonly typenameKey: string;
}
