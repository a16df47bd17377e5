/** Prepares an operation to be answered in parts: for each set of conditions, kind of caller and form of parts once. */
import {
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type NameNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { Supergraph } from '../../supergraph/supergraph.js';
import {
  isDefer,
  ownSelections,
  toDeferredOperation,
  withoutDefers,
  type DeferredOperation,
  type DeferUsage,
} from '../operation/deferred-operation.js';
import { compileFirstShape } from './deferred-shape.js';
import { compileErrorPlaces, type PlaceErrors } from '../answer/error-paths.js';
import { isCondition } from '../operation/field-groups.js';
import type { DeferredFields } from './incremental-result.js';
import { LruCache } from '../../lru-cache.js';
import type { PartTrees } from './part-errors.js';
import type { PlanCache } from '../plan/plan-cache.js';
import { toPlannableDocument } from '../operation/plannable-document.js';
import type { OverrideChoice } from '../plan/operation-plan.js';
import type { ShapeObject } from '../answer/response-shape.js';
import type { PlanStep } from '../fetch/root-fetch.js';
import { toSelectionTree, type SelectionTree } from '../plan/selection-tree.js';
import type { Shield } from '../operation/shield.js';
import type { SourceKeys } from '../operation/source-keys.js';

export interface IncrementalPlan {
  /** What is fetched for the first part. */
  readonly first: PlanStep | null;
  /** What each fragment fetches after that; without an entry it has come with the part before. */
  readonly deferred: ReadonlyMap<DeferUsage, PlanStep>;
  readonly shape: ShapeObject;
  readonly placeErrors: PlaceErrors;
  readonly trees: PartTrees;
}

export interface IncrementalInput {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly sourceKeys: SourceKeys;
  readonly overrides: OverrideChoice;
}

const maxRememberedPlans = 16;
const noFragments: ReadonlyMap<string, FragmentDefinitionNode> = new Map();

export class IncrementalOperation {
  readonly #input: IncrementalInput;
  readonly #supergraph: Supergraph;
  readonly #plans: PlanCache;
  readonly #conditions: readonly string[];
  readonly #sourceKeys: SourceKeys;
  readonly #remembered = new LruCache<string, IncrementalPlan>({
    maxEntries: maxRememberedPlans,
    maxWeight: maxRememberedPlans,
  });

  constructor(input: IncrementalInput, supergraph: Supergraph, plans: PlanCache) {
    this.#input = input;
    this.#supergraph = supergraph;
    this.#plans = plans;
    this.#conditions = conditionsOf(input.document);
    this.#sourceKeys = ofCopies(input.sourceKeys, input.document);
  }

  /** Throws when the planner can't plan it. */
  planFor(
    variables: Readonly<Record<string, unknown>>,
    fields: DeferredFields,
    shield: Shield | undefined,
  ): IncrementalPlan {
    const values = this.#conditions.map((name) => String(variables[name])).join();
    const key = JSON.stringify([fields, values, shield?.key]);
    let plan = this.#remembered.get(key);
    if (plan === undefined) {
      plan = this.#compile(variables, fields, shield);
      this.#remembered.set(key, plan, 1);
    }
    return plan;
  }

  #compile(
    variables: Readonly<Record<string, unknown>>,
    fields: DeferredFields,
    shield: Shield | undefined,
  ): IncrementalPlan {
    const { operation, fragments } = this.#input;
    const { apiSchema: schema, schema: supergraphSchema } = this.#supergraph;
    const asked = toDeferredOperation(operation, fragments, variables);
    const visible = shield === undefined ? asked.operation : shield.visible(asked.operation);
    const steps = this.#split({ ...asked, operation: visible ?? nothingOf(asked.operation) });
    // A fragment that gains nothing by coming later comes with the rest.
    const deferred = steps.deferred.size === 0 ? withoutDefers(asked) : asked;
    return {
      ...steps,
      shape: compileFirstShape({ schema, supergraphSchema, sourceKeys: this.#sourceKeys, deferred, fields, shield }),
      placeErrors: compileErrorPlaces({
        schema,
        operation: asked.operation,
        fragments: noFragments,
        sourceKeys: this.#sourceKeys,
      }),
      trees: treesOf(deferred),
    };
  }

  #split(deferred: DeferredOperation): Pick<IncrementalPlan, 'first' | 'deferred'> {
    const { overrides } = this.#input;
    const toPlannable = (operation: OperationDefinitionNode) =>
      toPlannableDocument({
        schema: this.#supergraph.apiSchema,
        partlyHidden: this.#supergraph.partlyHidden,
        operation,
        fragments: noFragments,
        sourceKeys: this.#sourceKeys,
        conditions: {},
      });
    if (deferred.usages.length > 0) {
      try {
        return this.#plans.splitPlanOf(deferred, toPlannable, overrides);
      } catch {
        // The planner is at its end with one of the parts: as a whole it may know a way, or says itself what is wrong.
      }
    }
    return this.#plans.splitPlanOf(withoutDefers(deferred), toPlannable, overrides);
  }
}

/** Of fields that were copied from those of `document`: copies share the node of the name. */
function ofCopies({ ofRoot, below }: SourceKeys, document: DocumentNode): SourceKeys {
  const originals = new Map<NameNode, FieldNode>();
  visit(document, { Field: (field) => void originals.set(field.name, field) });
  const originalOf = (field: FieldNode) => originals.get(field.name) ?? field;
  return { ofRoot: (field) => ofRoot(originalOf(field)), below: (field) => below(originalOf(field)) };
}

function conditionsOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      if (!isCondition(directive) && !isDefer(directive)) return;
      for (const { value } of directive.arguments ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

function nothingOf(operation: OperationDefinitionNode): OperationDefinitionNode {
  return { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: [] } };
}

function treesOf({ operation, usageOf }: DeferredOperation): PartTrees {
  const tree = (selectionSet: OperationDefinitionNode['selectionSet']) => toSelectionTree(selectionSet, noFragments);
  return {
    first: tree(ownSelections(operation.selectionSet, usageOf)),
    own: onceFor((usage) => tree(ownSelections(usage.selectionSet, usageOf))),
    whole: onceFor((usage) => tree(usage.selectionSet)),
  };
}

function onceFor(make: (usage: DeferUsage) => SelectionTree): (usage: DeferUsage) => SelectionTree {
  const made = new Map<DeferUsage, SelectionTree>();
  return (usage) => {
    let tree = made.get(usage);
    if (tree === undefined) made.set(usage, (tree = make(usage)));
    return tree;
  };
}
