/** Everything about an operation that doesn't depend on a request: checked and compiled once, run many times. */
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { Supergraph } from '../../supergraph/supergraph.js';
import { compileErrorPlaces, type PlaceErrors } from '../answer/error-paths.js';
import { IncrementalOperation } from '../incremental/incremental-operation.js';
import {
  assertAnswerable,
  conditionVariablesOf,
  deferVariablesOf,
  hasIntrospection,
  selectOperation,
} from './operation-checks.js';
import { sourceKeysOf } from './source-keys.js';
import type { OperationPlan, OverrideChoice } from '../plan/operation-plan.js';
import type { PlanCache } from '../plan/plan-cache.js';
import { toPlannableDocument } from './plannable-document.js';
import { compileShape, type ShapeObject } from '../answer/response-shape.js';
import { fragmentsOf, toSelectionTree, type SelectionTree } from '../plan/selection-tree.js';
import { compileVariables, type CoerceVariables } from './variables.js';

export interface PreparedOperation {
  readonly operation: OperationDefinitionNode;
  readonly coerceVariables: CoerceVariables;
  /** Throws when the planner can't plan it. */
  readonly planFor: (variables: Readonly<Record<string, unknown>>) => OperationPlan;
  readonly shape: ShapeObject;
  readonly placeErrors: PlaceErrors;
  /** What the client selected: paths of errors may name nothing else. */
  readonly selected: SelectionTree;
  readonly introspects: boolean;
  /** The same operation, to be answered in parts. */
  readonly incremental: () => IncrementalOperation;
}

/** Combinations of conditions that an operation remembers the plan of; more are looked up by their text. */
const maxRememberedPlans = 16;

export function prepareOperation(
  input: {
    readonly document: DocumentNode;
    readonly operationName: string | null | undefined;
    readonly overrides: OverrideChoice;
  },
  supergraph: Supergraph,
  plans: PlanCache,
): PreparedOperation {
  const { document, overrides } = input;
  const { apiSchema: schema, partlyHidden } = supergraph;
  assertAnswerable(document);
  const operation = selectOperation(document, input.operationName);
  const fragments = fragmentsOf(document);
  const sourceKeys = sourceKeysOf(schema, operation, fragments);
  const conditionVariables = conditionVariablesOf(document);
  const selected = { schema, operation, fragments, sourceKeys };
  const remembered = new Map<string, OperationPlan>();
  let incremental: IncrementalOperation | undefined;
  return {
    operation,
    coerceVariables: compileVariables(schema, operation, conditionVariables, deferVariablesOf(document)),
    planFor(variables) {
      let key = '';
      for (const name of conditionVariables) key += variables[name] === true ? '1' : '0';
      let plan = remembered.get(key);
      if (plan === undefined) {
        const plannable = toPlannableDocument({ ...selected, partlyHidden, conditions: variables });
        plan = plannable === null ? nothingToAsk : plans.planOf(plannable, operation, overrides);
        if (remembered.size >= maxRememberedPlans) remembered.clear();
        remembered.set(key, plan);
      }
      return plan;
    },
    shape: compileShape({ ...selected, supergraphSchema: supergraph.schema }),
    placeErrors: compileErrorPlaces(selected),
    selected: toSelectionTree(operation.selectionSet, fragments),
    introspects: hasIntrospection(document),
    incremental: () =>
      (incremental ??= new IncrementalOperation({ document, ...selected, overrides }, supergraph, plans)),
  };
}

const nothingToAsk: OperationPlan = { run: null, subscription: null };
