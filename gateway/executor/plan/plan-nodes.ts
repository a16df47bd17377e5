/**
 * What the planner answers, as it really is: its own declarations omit that `node` and both clauses of a condition
 * may be null, and that the primary of a subscription has no `kind`.
 */
export interface QueryPlan {
  readonly kind: 'QueryPlan';
  readonly node?: PlanNode | null;
}

export type PlanNode =
  FetchNode | BatchFetchNode | SequenceNode | ParallelNode | FlattenNode | ConditionNode | SubscriptionNode | DeferNode;

export interface FetchOperation {
  readonly serviceName: string;
  readonly operation: string;
  readonly operationKind?: 'query' | 'mutation' | 'subscription' | null;
  readonly operationName?: string | null;
  /** Names of the client's variables that `operation` takes. */
  readonly variableUsages?: readonly string[] | null;
}

/** A query of root fields, or of `_entities` when inside a {@link FlattenNode}. */
export interface FetchNode extends FetchOperation {
  readonly kind: 'Fetch';
  readonly requires?: readonly RequiredSelection[] | null;
  readonly inputRewrites?: readonly Rewrite[] | null;
  readonly outputRewrites?: readonly Rewrite[] | null;
}

/** Several fetches of `_entities` in one document, each under its own alias. */
export interface BatchFetchNode extends FetchOperation {
  readonly kind: 'BatchFetch';
  readonly entityBatch: { readonly aliases: readonly EntityBatchAlias[] };
}

export interface EntityBatchAlias {
  readonly alias: string;
  /** Two aliases may share one variable: then they also share their representations. */
  readonly representationsVariableName: string;
  readonly paths: readonly (readonly PathSegment[])[];
  readonly requires: readonly RequiredSelection[];
  readonly inputRewrites?: readonly Rewrite[] | null;
  readonly outputRewrites?: readonly Rewrite[] | null;
}

export interface SequenceNode {
  readonly kind: 'Sequence';
  readonly nodes: readonly PlanNode[];
}

export interface ParallelNode {
  readonly kind: 'Parallel';
  readonly nodes: readonly PlanNode[];
}

/** A fetch of `_entities` for every object at `path`; one that requires nothing asks the root, for a nested `Query`. */
export interface FlattenNode {
  readonly kind: 'Flatten';
  readonly path: readonly PathSegment[];
  readonly node: FetchNode;
}

/** `condition` names a Boolean variable. */
export interface ConditionNode {
  readonly kind: 'Condition';
  readonly condition: string;
  readonly ifClause?: PlanNode | null;
  readonly elseClause?: PlanNode | null;
}

export interface SubscriptionNode {
  readonly kind: 'Subscription';
  readonly primary: FetchOperation & Pick<FetchNode, 'outputRewrites'>;
}

export interface DeferNode {
  readonly kind: 'Defer';
}

/** `@` is every item of a list. */
export type PathSegment = '@' | { readonly Field: string } | { readonly TypeCondition: readonly string[] };

/** What a representation is made of. The planner has already inlined named fragments. */
export type RequiredSelection =
  | {
      readonly kind: 'InlineFragment';
      readonly typeCondition?: string | null;
      readonly selections: readonly RequiredSelection[];
    }
  | {
      readonly kind: 'Field';
      readonly name: string;
      readonly alias?: string | null;
      readonly selections?: readonly RequiredSelection[] | null;
    }
  | { readonly kind: 'FragmentSpread'; readonly value: string };

export type RewriteSegment = { readonly Key: string } | { readonly TypenameEquals: readonly string[] | string };

export interface KeyRenamer {
  readonly path: readonly RewriteSegment[];
  readonly renameKeyTo: string;
}

export interface ValueSetter {
  readonly path: readonly RewriteSegment[];
  readonly setValueTo: unknown;
}

export type Rewrite =
  | { readonly KeyRenamer: KeyRenamer }
  | { readonly ValueSetter: ValueSetter }
  | ({ readonly kind?: string } & (KeyRenamer | ValueSetter));

/** The rewrite itself, whichever way the planner wrapped it. */
export function unwrapRewrite(rewrite: Rewrite): KeyRenamer | ValueSetter {
  if ('KeyRenamer' in rewrite) return rewrite.KeyRenamer;
  if ('ValueSetter' in rewrite) return rewrite.ValueSetter;
  return rewrite;
}
