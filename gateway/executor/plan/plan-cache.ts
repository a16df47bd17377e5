/** Plans documents, and remembers the compiled plans by their text: operations that ask the same share one. */
import type { QueryPlanner } from '@graphql-hive/router-query-planner';
import { print, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { DeferredOperation, DeferUsage } from '../operation/deferred-operation.js';
import { conditionTypesOf } from './interface-objects.js';
import { LruCache } from '../../lru-cache.js';
import { planMutation } from './mutation-plan.js';
import { withKeysOfNames } from './named-keys.js';
import { compilePlan } from './plan-compiler.js';
import { firstLeftOut } from './plan-coverage.js';
import type { PlanNode, QueryPlan, SubscriptionNode } from './plan-nodes.js';
import type { PlanStep } from '../fetch/root-fetch.js';
import { splitPlan, type PlannedPart, type SplitPlanning } from './split-plan.js';
import { operationOf } from './selection-tree.js';
import { planByLevels, type Grain, type LevelPlanning } from './level-plan.js';
import { planInStages } from './staged-plan.js';
import type { PlanningGraph, Supergraph } from '../../supergraph/supergraph.js';
import type { OperationPlan, OverrideChoice } from './operation-plan.js';
import type { PlanEnvironment } from '../fetch/subgraph-fetch.js';
import { compileSubscriptionSource } from '../fetch/subscription-source.js';

interface AskedPlan {
  readonly document: DocumentNode;
  /** Of the document. */
  readonly text: string;
  readonly name: string | undefined;
  readonly overrides: OverrideChoice;
}

/** Undefined where it has nothing to do with the document. Throws when it finds no plan. */
type Way = () => PlanNode | null | undefined;

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

  /** What the first part of an operation fetches, and each deferred one. Not remembered here. Throws when it can't be planned. */
  splitPlanOf(
    deferred: DeferredOperation,
    toPlannable: SplitPlanning['toPlannable'],
    overrides: OverrideChoice,
  ): { readonly first: PlanStep | null; readonly deferred: ReadonlyMap<DeferUsage, PlanStep> } {
    const name = deferred.operation.name?.value;
    const plan = (document: DocumentNode) => this.#plan(document, print(document), name, overrides);
    const planned = splitPlan(deferred, {
      ...this.#keyPlanning(name, overrides),
      toPlannable,
      plan: (document) =>
        operationOf(document).operation === 'mutation' ? planMutation(document, plan) : plan(document),
    });
    const compile = ({ plan, documents }: PlannedPart) => {
      const conditionTypes = new Set(documents.flatMap((document) => [...conditionTypesOf(document)]));
      return compilePlan(plan, { ...this.#environment, conditionTypes });
    };
    const steps = new Map<DeferUsage, PlanStep>();
    for (const [usage, part] of planned.deferred) {
      const step = compile(part);
      if (step !== null) steps.set(usage, step);
    }
    return { first: compile(planned.first), deferred: steps };
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
    let incomplete: PlanNode | null | undefined;
    let refused: unknown;
    for (const way of this.#ways({ document, text, name, overrides })) {
      try {
        const planned = way();
        if (planned === undefined) continue;
        if (this.#firstLeftOut(planned, document) === null) return planned;
        incomplete ??= planned;
      } catch (error) {
        refused ??= error;
      }
    }
    // What no way leads to, no object of the answer may have: a union's member that one subgraph alone knows.
    if (incomplete !== undefined) return incomplete;
    throw refused;
  }

  /** From the fewest fetches to the most. */
  *#ways(asked: AskedPlan): Generator<Way> {
    const [atOnce, ...others] = this.#waysOver(this.#supergraph, asked);
    yield atOnce;
    const named = this.#supergraph.namedKeys();
    if (named === null) return yield* others;
    const byNames = this.#waysOver(named, asked).map((way): Way => () => {
      const planned = way();
      return planned && withKeysOfNames(planned, named.keys);
    });
    yield* byNames.slice(0, 1);
    yield* others;
    yield* byNames.slice(1);
  }

  #waysOver(graph: PlanningGraph, { document, text, name, overrides }: AskedPlan): [Way, ...Way[]] {
    const { schema } = this.#supergraph;
    const plan = (part: DocumentNode) => planBy(graph.planner, part === document ? text : print(part), name, overrides);
    const inStages = () => {
      const { planner, keyFields } = graph.entityRoots();
      const planFromEntities = (stage: DocumentNode) => planBy(planner, print(stage), name, overrides);
      return planInStages(document, { schema, plan, planFromEntities, keyFields });
    };
    const byLevels = (grain: Grain) => () =>
      planByLevels(document, grain, { ...this.#keyPlanning(name, overrides, graph), plan });
    return [() => plan(document), inStages, byLevels('entity'), byLevels('field')];
  }

  /** Null as well where the planner is known to leave out nothing. */
  #firstLeftOut(planned: PlanNode | null, document: DocumentNode): string | null {
    return this.#supergraph.interfaceObjects.size > 0 ? firstLeftOut(planned, document, this.#environment) : null;
  }

  #keyPlanning(
    name: string | undefined,
    overrides: OverrideChoice,
    { singleKeyRoots, keyCounts }: PlanningGraph = this.#supergraph,
  ): Omit<LevelPlanning, 'plan'> {
    const { schema } = this.#supergraph;
    return {
      schema,
      planFromKey: (index, document) => {
        const planned = planBy(singleKeyRoots(index).planner, print(document), name, overrides);
        const leftOut = this.#firstLeftOut(planned, document);
        if (leftOut !== null) throw new Error(`the plan leaves out ${leftOut}`);
        return planned;
      },
      hasKey: (type, index) => singleKeyRoots(index).types.has(type),
      keyCount: (type) => keyCounts().get(type) ?? 0,
    };
  }
}

function planBy(
  planner: QueryPlanner,
  text: string,
  name: string | undefined,
  overrides: OverrideChoice,
): PlanNode | null {
  const planned = planner.plan(text, name, new Set(overrides.labels), overrides.percentage) as unknown as QueryPlan;
  return planned.node ?? null;
}

function splitSubscription(node: PlanNode | null): { primary: SubscriptionNode; rest: PlanNode | null } {
  if (node?.kind === 'Subscription') return { primary: node, rest: null };
  if (node?.kind === 'Sequence') {
    const [first, ...others] = node.nodes;
    if (first?.kind === 'Subscription') return { primary: first, rest: { kind: 'Sequence', nodes: others } };
  }
  throw new Error('the plan of a subscription does not start with one');
}
