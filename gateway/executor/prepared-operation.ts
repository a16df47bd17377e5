/** Everything about an operation that doesn't depend on a request: planned and compiled once, run many times. */
import { print, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { Supergraph } from '../supergraph/supergraph.js';
import { assertAnswerable, conditionVariablesOf, hasIntrospection, selectOperation } from './operation-checks.js';
import { compilePlan } from './plan-compiler.js';
import type { PlanNode, QueryPlan, SubscriptionNode } from './plan-nodes.js';
import { toPlannableDocument } from './plannable-document.js';
import { compileShape, type ShapeObject } from './response-shape.js';
import type { PlanStep } from './root-fetch.js';
import { fragmentsOf, toSelectionTree, type SelectionTree } from './selection-tree.js';
import type { PlanEnvironment } from './subgraph-fetch.js';
import { compileSubscriptionSource, type SubscriptionSource } from './subscription-source.js';
import { compileVariables, type CoerceVariables } from './variables.js';

export interface PreparedOperation {
  readonly operation: OperationDefinitionNode;
  readonly coerceVariables: CoerceVariables;
  /** Null when no subgraph has anything to answer. For a subscription, what follows each event. */
  readonly run: PlanStep | null;
  readonly subscription: SubscriptionSource | null;
  readonly shape: ShapeObject;
  /** What the client selected: paths of errors may name nothing else. */
  readonly selected: SelectionTree;
  readonly introspects: boolean;
}

/** Which of the progressive overrides a plan is for. */
export interface OverrideChoice {
  readonly labels: ReadonlySet<string>;
  readonly percentage: number;
}

export function prepareOperation(
  input: {
    readonly document: DocumentNode;
    readonly operationName: string | null | undefined;
    readonly overrides: OverrideChoice;
  },
  supergraph: Supergraph,
  environment: PlanEnvironment,
): PreparedOperation {
  const { document } = input;
  assertAnswerable(document);
  const operation = selectOperation(document, input.operationName);
  const fragments = fragmentsOf(document);
  const schema = supergraph.apiSchema;
  const rootTypeName = schema.getRootType(operation.operation)?.name ?? '';
  const plannable = toPlannableDocument(operation, fragments, rootTypeName);
  const node = plannable === null ? null : plan(plannable, operation, input.overrides, supergraph);
  const { primary, rest } =
    operation.operation === 'subscription' ? splitSubscription(node) : { primary: null, rest: node };
  return {
    operation,
    coerceVariables: compileVariables(schema, operation, conditionVariablesOf(document)),
    run: compilePlan(rest, environment),
    subscription: primary === null ? null : compileSubscriptionSource(primary.primary, environment),
    shape: compileShape({ schema, operation, fragments }),
    selected: toSelectionTree(operation.selectionSet, fragments),
    introspects: hasIntrospection(document),
  };
}

function plan(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  overrides: OverrideChoice,
  supergraph: Supergraph,
): PlanNode | null {
  const labels = new Set(overrides.labels);
  const planned = supergraph.planner.plan(print(document), operation.name?.value, labels, overrides.percentage);
  return (planned as unknown as QueryPlan).node ?? null;
}

function splitSubscription(node: PlanNode | null): { primary: SubscriptionNode | null; rest: PlanNode | null } {
  if (node?.kind === 'Subscription') return { primary: node, rest: null };
  if (node?.kind === 'Sequence') {
    const [first, ...others] = node.nodes;
    if (first?.kind === 'Subscription') return { primary: first, rest: { kind: 'Sequence', nodes: others } };
  }
  throw new Error('the plan of a subscription does not start with one');
}
