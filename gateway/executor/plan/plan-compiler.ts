/** Turns a plan into steps that run it. */
import { compileBatchFetch, compileEntityFetch } from '../fetch/entity-fetch.js';
import { withDistinctTypes } from './distinct-types.js';
import type { FetchNode, PlanNode } from './plan-nodes.js';
import { compileNestedRootFetch, compileRootFetch, type PlanStep } from '../fetch/root-fetch.js';
import { isPromise, type PlanEnvironment } from '../fetch/subgraph-fetch.js';

export function compilePlan(node: PlanNode | null | undefined, environment: PlanEnvironment): PlanStep | null {
  if (!node) return null;
  switch (node.kind) {
    case 'Fetch':
      return compileRootFetch(withDistinctRoots(node, environment), environment);
    case 'Flatten':
      return node.node.requires
        ? compileEntityFetch(node.path, node.node, environment)
        : compileNestedRootFetch(node.path, withDistinctRoots(node.node, environment), environment);
    case 'BatchFetch':
      return compileBatchFetch(node, environment);
    case 'Sequence':
      return inSequence(compileAll(node.nodes, environment));
    case 'Parallel':
      return inParallel(compileAll(node.nodes, environment));
    case 'Condition': {
      const whenTrue = compilePlan(node.ifClause, environment);
      const otherwise = compilePlan(node.elseClause, environment);
      return (run) => (run.variables[node.condition] === true ? whenTrue : otherwise)?.(run);
    }
    default:
      throw new Error(`a plan node of kind ${node.kind} has no place here`);
  }
}

function withDistinctRoots(node: FetchNode, environment: PlanEnvironment): FetchNode {
  const distinct = withDistinctTypes(node, environment.graphOf(node.serviceName), environment.schema);
  if (distinct === null) return node;
  const outputRewrites = [...distinct.rewrites, ...(node.outputRewrites ?? [])];
  return { ...node, operation: distinct.operation, outputRewrites };
}

function compileAll(nodes: readonly PlanNode[], environment: PlanEnvironment): PlanStep[] {
  return nodes.map((node) => compilePlan(node, environment)).filter((step) => step !== null);
}

/** Goes on without a promise as long as the transports answer at once. */
function inSequence(steps: readonly PlanStep[]): PlanStep {
  const from =
    (first: number): PlanStep =>
    (run) => {
      for (let i = first; i < steps.length; i++) {
        const pending = (steps[i] as PlanStep)(run);
        if (isPromise(pending)) return pending.then(() => from(i + 1)(run));
      }
      return undefined;
    };
  return from(0);
}

function inParallel(steps: readonly PlanStep[]): PlanStep {
  return (run) => {
    let pending: Promise<void>[] | undefined;
    for (const step of steps) {
      const started = step(run);
      if (isPromise(started)) (pending ??= []).push(started);
    }
    if (pending === undefined) return undefined;
    return pending.length === 1 ? pending[0] : (Promise.all(pending) as Promise<unknown> as Promise<void>);
  };
}
