/**
 * Splits an operation with deferred fragments into what is fetched for its first part and what is fetched for each fragment
 * after that. What a fragment adds to the parts before it is asked of the entities that those have brought, by a key; of the
 * query's root; or, where neither leads there, with the part before.
 */
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  OperationTypeNode,
  parse,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
} from 'graphql';
import { entityRootOf } from '../../supergraph/entity-roots.js';
import { below, countFetches, moved, rootFetches } from './entity-root-plans.js';
import { partOf, type DeferredOperation, type DeferUsage } from '../operation/deferred-operation.js';
import { OwnFetches, type Cut, type Locate, type Place } from './own-fetches.js';
import type { PlanNode } from './plan-nodes.js';
import { Selections, typenameField } from './selections.js';
import { operationOf } from './selection-tree.js';

export interface SplitPlanning {
  /** The whole supergraph. */
  readonly schema: GraphQLSchema;
  /** Null when subgraphs have nothing to answer. */
  readonly toPlannable: (operation: OperationDefinitionNode) => DocumentNode | null;
  /** Throws when it can't. */
  readonly plan: (document: DocumentNode) => PlanNode | null;
  /** As `plan`, from entities that are known by one of their keys. */
  readonly planFromKey: (index: number, document: DocumentNode) => PlanNode | null;
  /** Whether `planFromKey` knows the type. */
  readonly hasKey: (type: string, index: number) => boolean;
  readonly keyCount: (type: string) => number;
  /** Entities alone are asked: nothing is fetched again to reach what lies below it. */
  readonly byKeysAlone?: boolean;
}

export interface PlannedPart {
  readonly plan: PlanNode | null;
  /** What was planned: it names the types whose conditions a fetch may need. */
  readonly documents: readonly DocumentNode[];
}

export interface SplitPlan {
  readonly first: PlannedPart;
  /** Without an entry for a fragment that needs no fetch of its own. */
  readonly deferred: ReadonlyMap<DeferUsage, PlannedPart>;
}

/** Throws when the operation can't be planned even as a whole. */
export function splitPlan(deferred: DeferredOperation, planning: SplitPlanning): SplitPlan {
  return new Splitter(deferred, planning).split();
}

/** What a plan takes for known of the entities that it begins with. */
type CutKeys = ReadonlyMap<Cut, Selections>;

interface PricedCut {
  readonly index: number;
  readonly keys: CutKeys;
  /** Of the cut itself. */
  readonly fetches: number;
  readonly price: number;
}

/** More than any plan has. */
const unknownFetches = 1_000;

class Splitter {
  readonly #deferred: DeferredOperation;
  readonly #planning: SplitPlanning;
  readonly #operation: OperationDefinitionNode;
  readonly #root: GraphQLCompositeType;
  /** By the names that they have in plans. */
  readonly #variables = new Map<string, VariableDefinitionNode>();
  /** From the operation's root, by fragment; null is the first part. */
  readonly #parts = new Map<DeferUsage | null, Selections>();

  constructor(deferred: DeferredOperation, planning: SplitPlanning) {
    this.#deferred = deferred;
    this.#planning = planning;
    this.#operation = deferred.operation;
    const root = planning.schema.getRootType(deferred.operation.operation);
    if (!root) throw new Error(`the schema has no ${deferred.operation.operation} type`);
    this.#root = root;
  }

  split(): SplitPlan {
    const { usages } = this.#deferred;
    for (const usage of [null, ...usages]) {
      const document = this.#planning.toPlannable(partOf(this.#deferred, usage));
      const part = document === null ? undefined : operationOf(document);
      this.#parts.set(usage, Selections.of(part?.selectionSet));
      for (const definition of part?.variableDefinitions ?? []) {
        this.#variables.set(definition.variable.name.value, definition);
      }
    }
    const planned = new Map<DeferUsage, PlannedPart>();
    // Inner ones first: what they need of the part before is then in it when that one's turn comes.
    for (const usage of [...usages].reverse()) {
      const part = this.#planDeferred(usage);
      if (part.plan !== null) planned.set(usage, part);
    }
    const first = this.#document(this.#part(null).toSelectionSet(), this.#operation.operation);
    return { first: this.#planned([[first, this.#planning.plan]]), deferred: planned };
  }

  #part(usage: DeferUsage | null): Selections {
    return this.#parts.get(usage) as Selections;
  }

  #planDeferred(usage: DeferUsage): PlannedPart {
    const before = this.#part(usage.parent);
    const earlier: Selections[] = [];
    for (let at = usage.parent; ; at = at.parent) {
      earlier.push(this.#part(at));
      if (at === null) break;
    }
    const own = new OwnFetches();
    const isQuery = this.#operation.operation === OperationTypeNode.QUERY && !this.#planning.byKeysAlone;
    const root: Place = {
      type: this.#root,
      path: [],
      within: (part) => part,
      earlier,
      again: isQuery ? () => own.root : null,
      fromRoot: isQuery ? (selections) => selections : null,
    };
    this.#collect(root, this.#part(usage), { before, own });
    const documents: [DocumentNode, SplitPlanning['plan']][] = [];
    for (const [index, cuts] of this.#chooseKeys(own, before)) {
      const { plan, keys } = this.#planCuts(index, cuts);
      selectKeys(keys, before);
      documents.push([this.#cutDocument(cuts), () => plan]);
    }
    for (const { path, wanted } of own.nestedRoots) {
      const document = this.#document(wanted.toSelectionSet(), OperationTypeNode.QUERY);
      documents.push([document, (nested) => below(this.#planning.plan(nested), path)]);
    }
    if (!own.root.isEmpty) {
      documents.push([this.#document(own.root.toSelectionSet(), OperationTypeNode.QUERY), this.#planning.plan]);
    }
    return this.#planned(documents);
  }

  /** Sorts what `wanted` adds at `place` by how it can be fetched. */
  #collect(place: Place, wanted: Selections, into: { before: Selections; own: OwnFetches }): void {
    const { type, path, earlier } = place;
    if (this.#planning.byKeysAlone && path.length > 0 && type === this.#planning.schema.getQueryType()) {
      place.within(into.before).field(typenameField);
      return into.own.nestedRoot(path).add(wanted);
    }
    const isEntity = isObjectType(type) && this.#planning.keyCount(type.name) > 0 && path.length > 0;
    const isOfEntities = this.#planning.byKeysAlone === true && this.#isOfEntities(type);
    const again = isEntity ? () => into.own.cut(place) : isOfEntities ? null : place.again;
    const byType = new Map<string, Selections>();
    for (const [key, { node, below }] of wanted.fields) {
      const isKnown = earlier.some((selections) => selections.fields.has(key));
      if (node.name.value === '__typename') {
        place.within(into.before).field(node);
      } else if (!isKnown && again !== null) {
        addField(again(), node, below);
      } else if (!isKnown && isAbstractType(type)) {
        for (const { name } of this.#planning.schema.getPossibleTypes(type)) {
          const ofType = byType.get(name) ?? new Selections();
          byType.set(name, ofType);
          addField(ofType, node, below);
        }
      } else if (below === null) {
        if (!isKnown) place.within(into.before).field(node);
      } else {
        // What is new is further down; the object itself comes with the part before.
        if (!isKnown) place.within(into.before).field(node);
        const inside = this.#below({ ...place, again }, key, node);
        if (inside !== null) this.#collect(inside, below, into);
      }
    }
    for (const [condition, inside] of [...wanted.on, ...byType]) {
      const narrowed = this.#narrowed({ ...place, again: isEntity ? place.again : again }, condition);
      if (narrowed === null) continue;
      if (isAbstractType(type)) place.within(into.before).field(typenameField);
      this.#collect(narrowed, inside, into);
    }
  }

  #isOfEntities(type: GraphQLCompositeType): boolean {
    return (
      isAbstractType(type) &&
      this.#planning.schema.getPossibleTypes(type).some(({ name }) => this.#planning.keyCount(name) > 0)
    );
  }

  #below({ type, path, within, earlier, again, fromRoot }: Place, key: string, node: FieldNode): Place | null {
    const definition = isUnionType(type) ? undefined : type.getFields()[node.name.value];
    const below = definition === undefined ? undefined : getNamedType(definition.type);
    if (definition === undefined || !isCompositeType(below)) return null;
    const lists = listsOf(definition.type);
    return {
      type: below,
      path: [...path, { Field: key }, ...lists],
      within: (part) => belowOf(within(part), node),
      earlier: earlier.flatMap((selections) => selections.fields.get(key)?.below ?? []),
      // A list fetched again may have other items, or the same ones elsewhere.
      again: again === null || lists.length > 0 ? null : () => belowOf(again(), node),
      fromRoot: fromRoot === null || lists.length > 0 ? null : (root) => belowOf(fromRoot(root), node),
    };
  }

  #narrowed({ path, within, earlier, again, fromRoot }: Place, condition: string): Place | null {
    const type = this.#planning.schema.getType(condition);
    if (!isCompositeType(type)) return null;
    return {
      type,
      path: [...path, { TypeCondition: [condition] }],
      within: (part) => within(part).onType(condition),
      earlier: [...earlier.flatMap((selections) => selections.on.get(condition) ?? []), ...earlier],
      again: again === null ? null : () => again().onType(condition),
      fromRoot: fromRoot === null ? null : (root) => fromRoot(root).onType(condition),
    };
  }

  /**
   * Each cut under the key by which it is asked, which the part before must then select. Of several the one that makes that part
   * ask the fewest subgraphs; where no key leads to what is wanted, the part before has to fetch it.
   */
  #chooseKeys({ cuts, root }: OwnFetches, before: Selections): Map<number, Cut[]> {
    const chosen = new Map<number, Cut[]>();
    for (const cut of cuts.values()) {
      let best: PricedCut | null = null;
      const count = this.#planning.keyCount(cut.type);
      for (let index = 0; index < count; index++) {
        const priced = this.#priceOf(cut, index, before, count > 1);
        if (priced !== null && (best === null || priced.price < best.price)) best = priced;
      }
      // Where the root leads there in as few fetches, it is asked again: what it answers is what it would have answered.
      if (cut.fromRoot !== null && this.#fetchesFromRoot(cut, cut.fromRoot) <= (best?.fetches ?? Infinity)) {
        cut.fromRoot(root).add(cut.wanted);
        continue;
      }
      if (best === null) {
        cut.within(before).add(cut.wanted);
        continue;
      }
      selectKeys(best.keys, before);
      chosen.set(best.index, [...(chosen.get(best.index) ?? []), cut]);
    }
    return chosen;
  }

  /** Null when there is no way by this key. Fetches of the part before count most. */
  #priceOf(cut: Cut, index: number, before: Selections, isChoice: boolean): PricedCut | null {
    if (!this.#planning.hasKey(cut.type, index)) return null;
    try {
      const { plan: later, keys } = this.#planCuts(index, [cut]);
      const trial = before.copy();
      selectKeys(keys, trial);
      const first = this.#fetchesBefore(trial);
      const fetches = countFetches(later);
      return { index, keys, fetches, price: isChoice ? 1_000 * first + fetches : 0 };
    } catch {
      // The planner says only by an error that there is no way.
      return null;
    }
  }

  /** Throws when the planner knows no way. The part before may be one that only its own turn can plan: then nothing is known. */
  #fetchesBefore(part: Selections): number {
    try {
      return countFetches(this.#planning.plan(this.#document(part.toSelectionSet(), this.#operation.operation)));
    } catch (error) {
      if (this.#planning.byKeysAlone) return unknownFetches;
      throw error;
    }
  }

  /** NaN when the planner knows no way. */
  #fetchesFromRoot(cut: Cut, fromRoot: Locate): number {
    const root = new Selections();
    fromRoot(root).add(cut.wanted);
    try {
      return countFetches(this.#planning.plan(this.#document(root.toSelectionSet(), OperationTypeNode.QUERY)));
    } catch {
      return NaN;
    }
  }

  #cutDocument(cuts: readonly Cut[]): DocumentNode {
    const selections = cuts.map((cut, i): FieldNode => ({
      kind: Kind.FIELD,
      alias: { kind: Kind.NAME, value: `cut${i}` },
      name: { kind: Kind.NAME, value: entityRootOf(cut.type) },
      selectionSet: cut.wanted.toSelectionSet(),
    }));
    return this.#document({ kind: Kind.SELECTION_SET, selections }, OperationTypeNode.QUERY);
  }

  #planCuts(index: number, cuts: readonly Cut[]): { readonly plan: PlanNode | null; readonly keys: CutKeys } {
    const planned = this.#planning.planFromKey(index, this.#cutDocument(cuts));
    const keys = new Map<Cut, Selections>();
    const cutOf = (root: string) => cuts[Number(root.slice('cut'.length))];
    for (const { operation } of planned === null ? [] : rootFetches(planned)) {
      const { selectionSet } = operationOf(parse(operation, { noLocation: true }));
      for (const [root, { below }] of Selections.of(selectionSet).fields) {
        const cut = cutOf(root);
        if (cut !== undefined && below !== null) keys.set(cut, below);
      }
    }
    return { plan: planned === null ? null : moved(planned, (root) => cutOf(root)?.path), keys };
  }

  #document(selectionSet: SelectionSetNode, operation: OperationTypeNode): DocumentNode {
    const variableDefinitions = [...this.#variables.values()];
    return { kind: Kind.DOCUMENT, definitions: [{ ...this.#operation, operation, variableDefinitions, selectionSet }] };
  }

  #planned(documents: readonly (readonly [DocumentNode, SplitPlanning['plan']])[]): PlannedPart {
    const nodes = documents.flatMap(([document, plan]) => {
      if (operationOf(document).selectionSet.selections.length === 0) return [];
      return plan(document) ?? [];
    });
    const [only, another] = nodes;
    return {
      plan: another === undefined ? (only ?? null) : { kind: 'Parallel', nodes },
      documents: documents.map(([document]) => document),
    };
  }
}

function selectKeys(keys: CutKeys, part: Selections): void {
  for (const [cut, key] of keys) {
    const place = cut.within(part);
    place.field(typenameField);
    place.add(key);
  }
}

function addField(selections: Selections, node: FieldNode, below: Selections | null): void {
  const field = selections.field(node);
  if (below !== null) field.below?.add(below);
}

function belowOf(selections: Selections, node: FieldNode): Selections {
  const { below } = selections.field(node);
  if (below === null) throw new Error(`${node.name.value} is an object in one part and a leaf in another`);
  return below;
}

function listsOf(type: GraphQLOutputType): '@'[] {
  if (isNonNullType(type)) return listsOf(type.ofType);
  return isListType(type) ? ['@', ...listsOf(type.ofType)] : [];
}
