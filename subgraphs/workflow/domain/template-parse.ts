/** From what a caller sent to steps of the right shape, each by itself: one malformed step hides nothing that is wrong with the others. */
import { z } from 'zod';
import { deepestJson, isDeeper } from './json-bounds.js';
import { toPointer } from './template-paths.js';
import {
  itemTypes,
  priorities,
  templateLimits,
  type Json,
  type ProblemCode,
  type RunBudget,
  type Step,
  type TemplateProblem,
} from './template-spec.js';

const stepKey = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, 'Expected 1 to 63 lower-case letters, digits, _ and -, beginning with a letter.');
const name = z.string().trim().min(1).max(200);
const json: z.ZodType<Json> = z.json();
const seconds = z.number().positive().max(templateLimits.seconds);
const count = z.int().min(1).max(1_000_000_000);
const amount = z.number().positive().max(1_000_000_000);
const reference = z.strictObject({ name, version: z.int().min(1) });

const retry = z.strictObject({
  attempts: z.int().min(1).max(templateLimits.attempts).default(3),
  backoff: z
    .strictObject({
      baseSeconds: z.number().min(0).max(templateLimits.seconds).default(1),
      capSeconds: z.number().min(0).max(templateLimits.seconds).default(300),
      jitter: z.number().min(0).max(1).default(0.5),
    })
    .prefault({}),
  attemptSeconds: z.int().min(1).max(templateLimits.seconds).default(300),
  budget: z
    .strictObject({
      tokens: count.nullable().default(null),
      cost: amount.nullable().default(null),
      seconds: seconds.nullable().default(null),
    })
    .prefault({}),
});

const base = {
  key: stepKey,
  title: z.string().max(500).nullable().default(null),
  after: z.array(stepKey).max(templateLimits.dependenciesOfStep).default([]),
  when: json.default(null),
  within: stepKey.nullable().default(null),
};

const item = {
  ...base,
  itemType: z.enum(itemTypes),
  priority: z.enum(priorities).nullable().default(null),
  capabilities: z.array(name).max(50).default([]),
  input: z.record(z.string().min(1).max(200), json).nullable().default(null),
  retry: retry.prefault({}),
};

const step = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('WORK'), ...item, schema: reference.nullable().default(null) }),
  z.strictObject({ kind: z.literal('TOOL_CALL'), ...item, tool: name }),
  z.strictObject({
    kind: z.literal('APPROVAL'),
    ...item,
    policy: reference,
    level: z.int().min(1).max(templateLimits.approvalLevel).default(1),
    limit: z
      .strictObject({ path: z.string().max(500), above: z.number() })
      .nullable()
      .default(null),
    escalateAfterSeconds: z.int().min(1).max(templateLimits.seconds).nullable().default(null),
  }),
  z.strictObject({
    kind: z.literal('EVALUATION'),
    ...item,
    evaluator: name,
    metric: name.default('overall'),
    minimumScore: z.number().min(0).max(1).default(0),
    of: stepKey,
  }),
  z.strictObject({
    kind: z.literal('FAN_OUT'),
    ...base,
    over: z.string().max(500),
    maxElements: z.int().min(1).max(templateLimits.fanOutElements).default(1_000),
  }),
  z.strictObject({ kind: z.literal('JOIN'), ...base, of: stepKey, require: z.enum(['ALL', 'SETTLED']).default('ALL') }),
]) satisfies z.ZodType<Step>;

const outline = z.strictObject({
  start: z.array(stepKey).min(1).max(templateLimits.dependenciesOfStep).optional(),
  steps: z
    .array(z.unknown())
    .min(1, 'A workflow has at least one step.')
    .max(templateLimits.steps, `A workflow has at most ${templateLimits.steps} steps.`),
  budget: z
    .strictObject({
      attempts: count.nullable().default(null),
      tokens: count.nullable().default(null),
      cost: amount.nullable().default(null),
      seconds: seconds.nullable().default(null),
    })
    .prefault({}) satisfies z.ZodType<RunBudget>,
});

/** A step at its place, or null where its shape is wrong; then its key may still be known. */
export interface DraftStep {
  readonly index: number;
  readonly key: string | null;
  readonly step: Step | null;
}

export interface TemplateDraft {
  readonly start: readonly string[] | null;
  readonly steps: readonly DraftStep[];
  readonly budget: RunBudget;
  readonly problems: readonly TemplateProblem[];
}

const nothing = {
  start: null,
  steps: [],
  budget: { attempts: null, tokens: null, cost: null, seconds: null },
} as const;

/** Never throws: whatever was sent, what is wrong with its shape is in `problems`. */
export function parseTemplate(value: unknown): TemplateDraft {
  if (isDeeper(value)) return tooLarge(`A template may be nested ${deepestJson} levels deep.`);
  const parsed = outline.safeParse(value);
  if (!parsed.success) return { ...nothing, problems: parsed.error.issues.flatMap((issue) => toProblems(issue, [])) };
  if (JSON.stringify(value).length > templateLimits.characters)
    return tooLarge(`A template may have ${templateLimits.characters} characters as JSON.`);
  const problems: TemplateProblem[] = [];
  const steps = parsed.data.steps.map((given, index): DraftStep => {
    const { data, error } = step.safeParse(given);
    problems.push(...(error?.issues ?? []).flatMap((issue) => toProblems(issue, ['steps', index])));
    return { index, key: data?.key ?? keyOf(given), step: data ?? null };
  });
  return { start: parsed.data.start ?? null, steps, budget: parsed.data.budget, problems };
}

function tooLarge(message: string): TemplateDraft {
  return { ...nothing, problems: [{ code: 'TOO_LARGE', path: '', message }] };
}

function keyOf(given: unknown): string | null {
  const key = typeof given === 'object' && given !== null ? (given as Record<string, unknown>)['key'] : null;
  return typeof key === 'string' ? key : null;
}

function toProblems(issue: z.core.$ZodIssue, at: readonly PropertyKey[]): TemplateProblem[] {
  const path = [...at, ...issue.path];
  const code: ProblemCode = issue.code === 'too_big' && issue.origin === 'array' ? 'TOO_LARGE' : 'MALFORMED';
  if (issue.code !== 'unrecognized_keys') return [{ code, path: toPointer(path), message: issue.message }];
  return issue.keys.map((key) => ({ code, path: toPointer([...path, key]), message: 'There is no such setting.' }));
}
