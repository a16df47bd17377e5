/** Plans documents, and remembers the compiled plans by their text: operations that ask the same share one. */
import type { QueryPlanner } from '@graphql-hive/router-query-planner';
import { print, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { conditionTypesOf } from './interface-objects.js';
import { LruCache } from './lru-cache.js';
import { compilePlan } from './plan-compiler.js';
import type { PlanNode, QueryPlan, SubscriptionNode } from './plan-nodes.js';
import type { OperationPlan, OverrideChoice } from './prepared-operation.js';
import type { PlanEnvironment } from './subgraph-fetch.js';
import { compileSubscriptionSource } from './subscription-source.js';

export class PlanCache {
  readonly #planner: QueryPlanner;
  readonly #environment: PlanEnvironment;
  readonly #plans: LruCache<string, OperationPlan>;

  constructor(planner: QueryPlanner, environment: PlanEnvironment, limits: { maxEntries: number; maxWeight: number }) {
    this.#planner = planner;
    this.#environment = environment;
    this.#plans = new LruCache(limits);
  }

  /** Throws when the planner can't plan `document`. */
  planOf(document: DocumentNode, operation: OperationDefinitionNode, overrides: OverrideChoice): OperationPlan {
    const text = print(document);
    const key = `${overrides.key}\n${text}`;
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      plan = this.#compile(document, text, operation, overrides);
      this.#plans.set(key, plan, key.length);
    }
    return plan;
  }

  clear(): void {
    this.#plans.clear();
  }

  #compile(
    document: DocumentNode,
    text: string,
    { name, operation }: OperationDefinitionNode,
    overrides: OverrideChoice,
  ): OperationPlan {
    const environment = { ...this.#environment, conditionTypes: conditionTypesOf(document) };
    const labels = new Set(overrides.labels);
    const planned = this.#planner.plan(text, name?.value, labels, overrides.percentage) as unknown as QueryPlan;
    if (operation !== 'subscription') return { run: compilePlan(planned.node, environment), subscription: null };
    const { primary, rest } = splitSubscription(planned.node ?? null);
    return {
      run: compilePlan(rest, environment),
      subscription: compileSubscriptionSource(primary.primary, environment),
    };
  }
}

function splitSubscription(node: PlanNode | null): { primary: SubscriptionNode; rest: PlanNode | null } {
  if (node?.kind === 'Subscription') return { primary: node, rest: null };
  if (node?.kind === 'Sequence') {
    const [first, ...others] = node.nodes;
    if (first?.kind === 'Subscription') return { primary: first, rest: { kind: 'Sequence', nodes: others } };
  }
  throw new Error('the plan of a subscription does not start with one');
}
