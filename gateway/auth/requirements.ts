/** Reads from a supergraph what each field and each type asks of the caller. */
import { Kind, parse, type ConstDirectiveNode, type DocumentNode, type SelectionSetNode } from 'graphql';
import { stringArgument } from '../supergraph/join-directives.js';
import { assertEnforceable, directiveNameOf } from '../supergraph/links.js';
import { authenticatedClause, distinct, scopesClause, type Clause } from './clause.js';
import { supergraphTypes, type SupergraphType } from './supergraph-types.js';

/** Every answer is for an object type: what is asked through an interface is decided by the object that is there. */
export interface Requirements {
  /** No element of the supergraph asks anything. */
  readonly isEmpty: boolean;
  ofType(type: string): readonly Clause[];
  /** With those of the field's own type where that is known beforehand, and of every field that it `@requires`. */
  ofField(type: string, field: string): readonly Clause[];
}

/** Throws StartupError for a supergraph that relies on protection which this gateway does not give, such as `@policy`. */
export function readRequirements(supergraphSdl: string): Requirements {
  const document = parse(supergraphSdl, { noLocation: true });
  assertEnforceable(document);
  return new SupergraphRequirements(document);
}

class SupergraphRequirements implements Requirements {
  readonly isEmpty: boolean;
  readonly #types: ReadonlyMap<string, SupergraphType>;
  readonly #clausesOf: (directives: readonly ConstDirectiveNode[]) => Clause[];
  readonly #implementers = new Map<string, SupergraphType[]>();
  readonly #fields = new Map<string, readonly Clause[]>();
  readonly #typeClauses = new Map<string, readonly Clause[]>();

  constructor(document: DocumentNode) {
    this.#types = supergraphTypes(document);
    this.#clausesOf = clauseReader(document);
    let found = false;
    for (const type of this.#types.values()) {
      found ||= this.#clausesOf(type.directives).length > 0;
      for (const field of type.fields.values()) found ||= this.#clausesOf(field.directives).length > 0;
      if (type.kind !== 'object') continue;
      for (const name of type.interfaces) this.#implementers.set(name, [...(this.#implementers.get(name) ?? []), type]);
    }
    this.isEmpty = !found;
  }

  ofType(name: string): readonly Clause[] {
    let clauses = this.#typeClauses.get(name);
    if (clauses === undefined) {
      const type = this.#types.get(name);
      clauses = type === undefined ? [] : this.#withInterfaces(type, ({ directives }) => this.#clausesOf(directives));
      this.#typeClauses.set(name, clauses);
    }
    return clauses;
  }

  ofField(type: string, field: string): readonly Clause[] {
    const key = `${type}.${field}`;
    let clauses = this.#fields.get(key);
    if (clauses === undefined) this.#fields.set(key, (clauses = this.#collect(type, field, new Set())));
    return clauses;
  }

  /** `visited` ends circles of `@requires`; what a circle cuts off has been collected by its beginning. */
  #collect(typeName: string, fieldName: string, visited: Set<string>): Clause[] {
    const type = this.#types.get(typeName);
    const field = type?.fields.get(fieldName);
    if (type === undefined || field === undefined || visited.has(`${typeName}.${fieldName}`)) return [];
    visited.add(`${typeName}.${fieldName}`);
    const own = this.#withInterfaces(type, ({ fields }) => this.#clausesOf(fields.get(fieldName)?.directives ?? []));
    const inner = this.#types.get(field.type);
    const ofInner = inner?.kind === 'object' || inner?.kind === 'leaf' ? this.ofType(inner.name) : [];
    const required = field.directives
      .filter(({ name }) => name.value === 'join__field')
      .flatMap((directive) => stringArgument(directive, 'requires') ?? [])
      .flatMap((selection) => parse(`{${selection}}`, { noLocation: true }).definitions)
      .flatMap((node) =>
        node.kind === Kind.OPERATION_DEFINITION ? this.#required(type, node.selectionSet, visited) : [],
      );
    return distinct([...own, ...ofInner, ...required]);
  }

  /** Of every field in a `@requires` selection on `parent`. */
  #required(parent: SupergraphType, { selections }: SelectionSetNode, visited: Set<string>): Clause[] {
    return selections.flatMap((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = this.#types.get(selection.typeCondition?.name.value ?? parent.name);
        return condition === undefined ? [] : this.#required(condition, selection.selectionSet, visited);
      }
      const name = selection.name.value;
      const objects = parent.kind === 'object' ? [parent] : (this.#implementers.get(parent.name) ?? []);
      const clauses = objects.flatMap((object) => this.#collect(object.name, name, visited));
      const inner = this.#types.get(parent.fields.get(name)?.type ?? '');
      if (inner === undefined || selection.selectionSet === undefined) return clauses;
      return [...clauses, ...this.#required(inner, selection.selectionSet, visited)];
    });
  }

  /**
   * An interface's clauses are, since Federation 2.12, what composition gathered from all its objects; they say nothing
   * of a single one. Written by hand, as older versions allow and `@interfaceObject` needs, they count for every object.
   */
  #withInterfaces(type: SupergraphType, clausesOf: (type: SupergraphType) => Clause[]): Clause[] {
    const written = type.interfaces.flatMap((name) => {
      const abstract = this.#types.get(name);
      if (abstract === undefined) return [];
      const gathered = (this.#implementers.get(name) ?? []).flatMap(clausesOf);
      const keys = new Set([...gathered, combination(gathered)].map(({ key }) => key));
      return clausesOf(abstract).filter(({ key }) => !keys.has(key));
    });
    return distinct([...clausesOf(type), ...written]);
  }
}

/** All scope clauses in one, as composition joins them: each choice of one list per clause, together. */
function combination(clauses: readonly Clause[]): Clause {
  let lists: string[][] = [[]];
  for (const { scopes } of distinct(clauses)) {
    if (scopes === null) continue;
    lists = lists.flatMap((list) => scopes.map((other) => [...list, ...other])).slice(0, maxCombinations);
  }
  return scopesClause(lists);
}

/** Past this a combination is not recognised, and an interface's clauses are taken as written: stricter, never laxer. */
const maxCombinations = 1_000;

function clauseReader(document: DocumentNode): (directives: readonly ConstDirectiveNode[]) => Clause[] {
  const authenticated = directiveNameOf(document, 'authenticated');
  const requiresScopes = directiveNameOf(document, 'requiresScopes');
  return (directives) =>
    directives.flatMap((directive) => {
      if (directive.name.value === authenticated) return [authenticatedClause];
      return directive.name.value === requiresScopes ? [scopesClause(scopesOf(directive))] : [];
    });
}

function scopesOf(directive: ConstDirectiveNode): string[][] {
  const value = directive.arguments?.find(({ name }) => name.value === 'scopes')?.value;
  if (value?.kind !== Kind.LIST) return [];
  return value.values.map((list) => {
    const items = list.kind === Kind.LIST ? list.values : [list];
    return items.flatMap((item) => (item.kind === Kind.STRING ? [item.value] : []));
  });
}
