/**
 * What a workflow template says: a directed acyclic graph of steps. This is the form that is stored, with every default
 * filled in, so that a later change of a default changes no template that exists.
 */
export const stepKinds = ['WORK', 'TOOL_CALL', 'APPROVAL', 'EVALUATION', 'FAN_OUT', 'JOIN'] as const;
export type StepKind = (typeof stepKinds)[number];

export const itemTypes = ['INVOICE', 'TICKET', 'STATUS_REPORT'] as const;
export type ItemType = (typeof itemTypes)[number];

export const priorities = ['LOW', 'MEDIUM', 'HIGH', 'URGENT'] as const;
export type Priority = (typeof priorities)[number];

export const templateLimits = {
  steps: 200,
  dependenciesOfStep: 50,
  /** Elements of one fan-out. */
  fanOutElements: 10_000,
  /** Characters of the spec as JSON. */
  characters: 500_000,
  /** Nodes of a condition or of an input. */
  ruleNodes: 200,
  ruleDepth: 12,
  /** Reported at once. */
  problems: 100,
  attempts: 100,
  seconds: 30 * 86_400,
  approvalLevel: 10,
} as const;

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * A JSON Logic rule of the operators in template-condition.ts. It is evaluated over {@link StepData} by `evaluateCondition`.
 */
export type Condition = Json;

/** What conditions, inputs and fan-outs of a step read from. */
export interface StepData {
  /** Input of the run. */
  readonly input: Json;
  /** Inside a fan-out: the element at hand. */
  readonly item?: Json;
  /** Earlier steps by their key; inside the same fan-out what they were for this element. */
  readonly steps: Readonly<Record<string, { readonly status: string; readonly output: Json }>>;
}

/** The wait before attempt n + 1 is `min(cap, base · 2^(n-1))`, of which up to the share `jitter` is taken off at random. */
export interface Backoff {
  readonly baseSeconds: number;
  readonly capSeconds: number;
  /** 0 (none) to 1. */
  readonly jitter: number;
}

/** What one item may spend over all of its attempts. Null is unlimited. */
export interface ItemBudget {
  readonly tokens: number | null;
  readonly cost: number | null;
  /** From the first attempt on. */
  readonly seconds: number | null;
}

export interface RetryPolicy {
  /** The first one included. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** An attempt that takes longer is TIMEOUT. */
  readonly attemptSeconds: number;
  readonly budget: ItemBudget;
}

/** What a run of the template may spend. Null is unlimited. */
export interface RunBudget {
  readonly attempts: number | null;
  readonly tokens: number | null;
  readonly cost: number | null;
  readonly seconds: number | null;
}

interface StepBase {
  /** Unique in the template. */
  readonly key: string;
  readonly title: string | null;
  /** Steps that must be final first. One that was skipped counts as completed, with the output null. */
  readonly after: readonly string[];
  /** The step is skipped when this is false. Null: it is always taken. */
  readonly when: Condition;
  /**
   * The fan-out for each of whose elements this step runs once; null: once for the run. An element's steps follow each other
   * without waiting for other elements. Only a JOIN waits for all.
   */
  readonly within: string | null;
}

/** Steps that make work items: one, or one for each element of their fan-out. */
interface ItemStep extends StepBase {
  readonly itemType: ItemType;
  /** Null: that of the work order. */
  readonly priority: Priority | null;
  /** Scopes that whoever claims the item must hold. */
  readonly capabilities: readonly string[];
  /** Content of the item: values by name, `{ "var": "steps.extract.output.amount" }` reads one. Null: the element, or the run's input. */
  readonly input: Readonly<Record<string, Json>> | null;
  readonly retry: RetryPolicy;
}

export interface WorkStep extends ItemStep {
  readonly kind: 'WORK';
  /** The item's content must meet it. */
  readonly schema: SchemaReference | null;
}

/** A version of a document schema or of an approval policy. */
export interface SchemaReference {
  readonly name: string;
  readonly version: number;
}
export type PolicyReference = SchemaReference;

export interface ToolCallStep extends ItemStep {
  readonly kind: 'TOOL_CALL';
  /** Name of the tool. */
  readonly tool: string;
}

export interface ApprovalStep extends ItemStep {
  readonly kind: 'APPROVAL';
  readonly policy: PolicyReference;
  /** Level that a decision needs, 1 and up. */
  readonly level: number;
  /** Approval is asked only when the number at `path` is greater than `above`; else the item completes by itself. Null: always. */
  readonly limit: { readonly path: string; readonly above: number } | null;
  /** An undecided request goes up one level after this time. Null: what the policy says. */
  readonly escalateAfterSeconds: number | null;
}

export interface EvaluationStep extends ItemStep {
  readonly kind: 'EVALUATION';
  readonly evaluator: string;
  readonly metric: string;
  /** The step's item fails below this score, 0 to 1. */
  readonly minimumScore: number;
  /** The step whose output is evaluated; it is among the steps before. */
  readonly of: string;
}

export interface FanOutStep extends StepBase {
  readonly kind: 'FAN_OUT';
  /** Path of a list in {@link StepData}, e.g. `input.invoices` or `steps.split.output.lines`. */
  readonly over: string;
  /** A longer list fails the step. */
  readonly maxElements: number;
}

export interface JoinStep extends StepBase {
  readonly kind: 'JOIN';
  /** The fan-out whose elements it waits for. */
  readonly of: string;
  /** ALL: one failed element fails the join. SETTLED: it completes when every element is final. */
  readonly require: 'ALL' | 'SETTLED';
}

export type Step = WorkStep | ToolCallStep | ApprovalStep | EvaluationStep | FanOutStep | JoinStep;
export type WorkItemStep = Exclude<Step, FanOutStep | JoinStep>;

export interface TemplateSpec {
  /** Keys of the steps that are taken first: exactly those that wait for none. */
  readonly start: readonly string[];
  readonly steps: readonly Step[];
  readonly budget: RunBudget;
}

export type ProblemCode =
  | 'MALFORMED'
  | 'TOO_LARGE'
  | 'DUPLICATE_KEY'
  | 'UNKNOWN_STEP'
  | 'CYCLE'
  | 'UNREACHABLE'
  | 'FAN_OUT_RECURSION'
  | 'FAN_OUT_SCOPE'
  | 'BAD_CONDITION'
  | 'BAD_PATH'
  | 'UNKNOWN_TOOL'
  | 'MISSING_CAPABILITY'
  | 'UNKNOWN_CAPABILITY'
  | 'UNKNOWN_SCHEMA'
  | 'UNKNOWN_POLICY'
  | 'LEVEL_TOO_HIGH';

/** One thing that is wrong with a template. */
export interface TemplateProblem {
  readonly code: ProblemCode;
  /** JSON pointer into the spec as it was given, e.g. `/steps/3/after/0`. */
  readonly path: string;
  readonly message: string;
}

/** What a spec may refer to: the rules are pure, so the caller has looked these up. */
export interface KnownReferences {
  /** Active tools by name → the scopes of their capabilities. */
  readonly tools: ReadonlyMap<string, readonly string[]>;
  /** Scopes of all capabilities. */
  readonly capabilities: ReadonlySet<string>;
  /** `name@version` of active document schemas. */
  readonly schemas: ReadonlySet<string>;
  /** `name@version` of active approval policies → highest level. */
  readonly policies: ReadonlyMap<string, number>;
}

export type ParsedTemplate =
  | { readonly spec: TemplateSpec; readonly problems: readonly [] }
  | { readonly spec: null; readonly problems: readonly TemplateProblem[] };

export function isItemStep(step: Step): step is WorkItemStep {
  return step.kind !== 'FAN_OUT' && step.kind !== 'JOIN';
}
