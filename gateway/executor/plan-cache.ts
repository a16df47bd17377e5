/** Plans documents, and remembers the compiled plans by their text: operations that ask the same share one. */
import type { QueryPlanner } from '@graphql-hive/router-query-planner';
import { print, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import { conditionTypesOf } from './interface-objects.js';
import { LruCache } from './lru-cache.js';
import { planMutation } from './mutation-plan.js';
import { compilePlan } from './plan-compiler.js';
import type { PlanNode, QueryPlan, SubscriptionNode } from './plan-nodes.js';
import { planInStages } from './staged-plan.js';
import type { Supergraph } from '../supergraph/supergraph.js';
import type { OperationPlan, OverrideChoice } from './prepared-operation.js';
import type { PlanEnvironment } from './subgraph-fetch.js';
import { compileSubscriptionSource } from './subscription-source.js';

export class PlanCache {
  readonly #supergraph: Supergraph;
  readonly #environment: PlanEnvironment;
  readonly #plans: LruCache<string, OperationPlan>;

  constructor(supergraph: Supergraph, environment: PlanEnvironment, limits: { maxEntries: number; maxWeight: number }) {
    this.#supergraph = supergraph;
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
    const plan = (part: DocumentNode) =>
      this.#plan(part, part === document ? text : print(part), name?.value, overrides);
    const planned = operation === 'mutation' ? planMutation(document, plan) : plan(document);
    if (operation !== 'subscription') return { run: compilePlan(planned, environment), subscription: null };
    const { primary, rest } = splitSubscription(planned);
    return {
      run: compilePlan(rest, environment),
      subscription: compileSubscriptionSource(primary.primary, environment),
    };
  }

  #plan(document: DocumentNode, text: string, name: string | undefined, overrides: OverrideChoice): PlanNode | null {
    const { planner, schema, entityRoots } = this.#supergraph;
    const plan: Plan = (by, planText) => {
      const planned = by.plan(planText, name, new Set(overrides.labels), overrides.percentage) as unknown as QueryPlan;
      return planned.node ?? null;
    };
    try {
      return plan(planner, text);
    } catch (error) {
      const roots = entityRoots();
      const staged = planInStages(document, {
        schema,
        plan: (stage) => plan(planner, print(stage)),
        planFromEntities: (stage) => plan(roots.planner, print(stage)),
        keyFields: roots.keyFields,
      });
      if (staged === undefined) throw error;
      return staged;
    }
  }
}

type Plan = (planner: QueryPlanner, text: string) => PlanNode | null;

function splitSubscription(node: PlanNode | null): { primary: SubscriptionNode; rest: PlanNode | null } {
  if (node?.kind === 'Subscription') return { primary: node, rest: null };
  if (node?.kind === 'Sequence') {
    const [first, ...others] = node.nodes;
    if (first?.kind === 'Subscription') return { primary: first, rest: { kind: 'Sequence', nodes: others } };
  }
  throw new Error('the plan of a subscription does not start with one');
}
