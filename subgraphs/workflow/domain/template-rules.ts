/** What must hold between the steps of a template, and between them and what they refer to. Every problem is named at its path. */
import { checkCondition, checkInput, type CheckedRule } from './template-condition.js';
import { parsePath, toPointer, type DataPath } from './template-paths.js';
import type { DraftStep, TemplateDraft } from './template-parse.js';
import { StepGraph } from './template-graph.js';
import {
  isItemStep,
  templateLimits,
  type KnownReferences,
  type ParsedTemplate,
  type ProblemCode,
  type Step,
  type TemplateProblem,
  type WorkItemStep,
} from './template-spec.js';

/** Names that a draft refers to: what the caller of {@link checkTemplate} has to look up. */
export interface NamedReferences {
  readonly tools: readonly string[];
  readonly capabilities: readonly string[];
  readonly schemas: readonly { readonly name: string; readonly version: number }[];
  readonly policies: readonly { readonly name: string; readonly version: number }[];
}

export function referencesOf(draft: TemplateDraft): NamedReferences {
  const items = draft.steps.flatMap(({ step }) => (step !== null && isItemStep(step) ? [step] : []));
  return {
    tools: items.flatMap((step) => (step.kind === 'TOOL_CALL' ? [step.tool] : [])),
    capabilities: items.flatMap((step) => step.capabilities),
    schemas: items.flatMap((step) => (step.kind === 'WORK' && step.schema !== null ? [step.schema] : [])),
    policies: items.flatMap((step) => (step.kind === 'APPROVAL' ? [step.policy] : [])),
  };
}

/** The template as it is to be stored, or everything that is wrong with it (the first hundred). */
export function checkTemplate(draft: TemplateDraft, known: KnownReferences): ParsedTemplate {
  const check = new TemplateCheck(draft, known);
  const problems = [...draft.problems, ...check.problems()].slice(0, templateLimits.problems);
  if (problems.length > 0) return { spec: null, problems };
  const steps = draft.steps.flatMap(({ step }) => (step === null ? [] : [step]));
  return { spec: { start: check.start, steps, budget: draft.budget }, problems: [] };
}

type Place = readonly PropertyKey[];

class TemplateCheck {
  readonly start: readonly string[];
  private readonly found: TemplateProblem[] = [];
  private readonly steps: readonly DraftStep[];
  private readonly graph: StepGraph;
  private readonly known: KnownReferences;
  private readonly givenStart: boolean;

  constructor(draft: TemplateDraft, known: KnownReferences) {
    this.known = known;
    this.steps = draft.steps;
    this.givenStart = draft.start !== null;
    const first = draft.steps[0]?.key;
    this.start = draft.start ?? (first == null ? [] : [first]);
    this.graph = new StepGraph(draft.steps, this.start);
  }

  problems(): readonly TemplateProblem[] {
    if (this.steps.length === 0) return [];
    this.checkKeys();
    this.checkStart();
    for (const { index, step } of this.steps) {
      if (step === null) continue;
      const place = ['steps', index];
      this.checkScope(step, place);
      this.checkRules(step, place);
      if (isItemStep(step)) this.checkReferences(step, place);
    }
    this.checkGraph();
    return this.found;
  }

  private fail(code: ProblemCode, place: Place, message: string): void {
    this.found.push({ code, path: toPointer(place), message });
  }

  private checkKeys(): void {
    const seen = new Map<string, number>();
    for (const { index, key, step } of this.steps) {
      if (key === null) continue;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, index);
      else this.fail('DUPLICATE_KEY', ['steps', index, 'key'], `${key} is the key of step ${first} already.`);
      step?.after.forEach((other, position) => {
        if (!this.graph.has(other)) this.failUnknown(['steps', index, 'after', position], other);
      });
    }
  }

  private failUnknown(place: Place, key: string): void {
    this.fail('UNKNOWN_STEP', place, `There is no step ${key}.`);
  }

  private checkStart(): void {
    this.start.forEach((key, index) => {
      const place = this.givenStart ? ['start', index] : ['steps', 0, 'after'];
      const step = this.graph.step(key);
      if (!this.graph.has(key)) this.failUnknown(place, key);
      else if (step != null && step.after.length > 0)
        this.fail('UNREACHABLE', place, `${key} is to be the first, and comes after ${step.after.join(', ')}.`);
      else if (step != null && (step.kind === 'JOIN' || (step.within !== null && step.kind !== 'FAN_OUT')))
        this.fail('UNREACHABLE', place, `${key} is to be the first, and waits for a fan-out.`);
    });
  }

  /** Cycles first: what waits for one is unreachable, and saying so of the cycle's own steps would say it twice. */
  private checkGraph(): void {
    for (const cycle of this.graph.cycles()) {
      const [first = ''] = cycle;
      const path = [...cycle, first].join(' → ');
      this.fail('CYCLE', ['steps', this.graph.indexOf(first), 'after'], `Steps wait for each other: ${path}.`);
    }
    for (const { index, key, reason } of this.graph.unreachable()) {
      this.fail('UNREACHABLE', ['steps', index], `${key} is never taken: ${reason}`);
    }
  }

  private checkScope(step: Step, place: Place): void {
    if (step.kind === 'JOIN') this.checkFanOut(step.of, [...place, 'of']);
    if (step.kind === 'FAN_OUT' && !this.steps.some((other) => other.step?.within === step.key))
      this.fail('FAN_OUT_SCOPE', place, `No step is within ${step.key}.`);
    if (step.within !== null) this.checkWithin(step, step.within, place);
    else
      step.after.forEach((key, index) => {
        const other = this.graph.step(key);
        if (other?.within == null || step.kind === 'JOIN') return;
        const message = `${key} is taken once for each element of ${other.within}: come after a JOIN of it.`;
        this.fail('FAN_OUT_SCOPE', [...place, 'after', index], message);
      });
  }

  private checkFanOut(key: string, place: Place): boolean {
    if (!this.graph.has(key)) this.failUnknown(place, key);
    else if (this.graph.step(key) !== null && this.graph.step(key)?.kind !== 'FAN_OUT')
      this.fail('FAN_OUT_SCOPE', place, `${key} is no FAN_OUT.`);
    return this.graph.step(key)?.kind === 'FAN_OUT';
  }

  private checkWithin(step: Step, within: string, place: Place): void {
    if (step.kind === 'FAN_OUT') {
      const message =
        within === step.key
          ? `${step.key} is within itself, and would go on without end.`
          : `A fan-out can't stand within another: the elements of ${within} would multiply by those of ${step.key}.`;
      this.fail('FAN_OUT_RECURSION', [...place, 'within'], message);
      return;
    }
    if (!this.checkFanOut(within, [...place, 'within'])) return;
    if (step.kind === 'JOIN') {
      this.fail('FAN_OUT_SCOPE', [...place, 'within'], 'A JOIN stands outside of the fan-out that it waits for.');
      return;
    }
    step.after.forEach((key, index) => {
      const other = this.graph.step(key);
      if (other === null || key === within || other.within === within) return;
      const message = `${key} is not within ${within}: let ${within} come after it.`;
      this.fail('FAN_OUT_SCOPE', [...place, 'after', index], message);
    });
  }

  private checkRules(step: Step, place: Place): void {
    if (step.when !== null) this.checkRule(step, checkCondition(step.when), [...place, 'when']);
    if (isItemStep(step) && step.input !== null) this.checkRule(step, checkInput(step.input), [...place, 'input']);
    if (step.kind === 'APPROVAL' && step.limit !== null)
      this.checkPath(step, step.limit.path, [...place, 'limit', 'path']);
    if (step.kind === 'FAN_OUT') this.checkPath(step, step.over, [...place, 'over']);
    if (step.kind !== 'EVALUATION') return;
    this.checkRead(step, { root: 'steps', step: step.of, part: 'output' }, [...place, 'of']);
  }

  private checkRule(step: Step, { problems, reads }: CheckedRule, place: Place): void {
    for (const { path, message } of problems) this.fail('BAD_CONDITION', [...place, ...path], message);
    for (const { path, data } of reads) this.checkRead(step, data, [...place, ...path]);
  }

  private checkPath(step: Step, text: string, place: Place): void {
    const data = parsePath(text);
    if (data === null) this.fail('BAD_PATH', place, 'Expected input.…, item.…, or steps.<key>.output.….');
    else this.checkRead(step, data, place);
  }

  /** What a step reads must be there when it is taken. */
  private checkRead(step: Step, data: DataPath, place: Place): void {
    if (data.root !== 'steps') {
      if (data.root === 'item' && step.within === null)
        this.fail('BAD_PATH', place, 'There is an item only within a fan-out.');
      return;
    }
    const { step: key } = data;
    const other = this.graph.step(key);
    if (!this.graph.has(key)) return this.failUnknown(place, key);
    if (other === null) return;
    if (step.kind === 'FAN_OUT' && (key === step.key || other.within === step.key))
      return this.fail('FAN_OUT_RECURSION', place, `${step.key} would go over what comes of itself, without end.`);
    if (!this.graph.isBefore(key, step.key))
      return this.fail('BAD_PATH', place, `${key} is not among the steps before ${step.key}.`);
    if (other.within !== null && other.within !== step.within)
      this.fail('FAN_OUT_SCOPE', place, `${key} has an output for each element of ${other.within}: read its JOIN's.`);
  }

  private checkReferences(step: WorkItemStep, place: Place): void {
    step.capabilities.forEach((scope, index) => {
      if (!this.known.capabilities.has(scope))
        this.fail('UNKNOWN_CAPABILITY', [...place, 'capabilities', index], `No capability has the scope ${scope}.`);
    });
    if (step.kind === 'WORK' && step.schema !== null && !this.known.schemas.has(versionKey(step.schema)))
      this.fail(
        'UNKNOWN_SCHEMA',
        [...place, 'schema'],
        `There is no active document schema ${versionKey(step.schema)}.`,
      );
    if (step.kind === 'TOOL_CALL') this.checkTool(step.tool, step.capabilities, place);
    if (step.kind !== 'APPROVAL') return;
    const highest = this.known.policies.get(versionKey(step.policy));
    if (highest === undefined)
      this.fail('UNKNOWN_POLICY', [...place, 'policy'], `There is no active policy ${versionKey(step.policy)}.`);
    else if (step.level > highest)
      this.fail('LEVEL_TOO_HIGH', [...place, 'level'], `The policy's highest level is ${highest}.`);
  }

  private checkTool(tool: string, capabilities: readonly string[], place: Place): void {
    const needed = this.known.tools.get(tool);
    if (needed === undefined) return this.fail('UNKNOWN_TOOL', [...place, 'tool'], `There is no active tool ${tool}.`);
    for (const scope of needed) {
      if (capabilities.includes(scope)) continue;
      this.fail('MISSING_CAPABILITY', [...place, 'capabilities'], `${tool} needs ${scope}, which is not listed here.`);
    }
  }
}

/** As {@link KnownReferences} names versions. */
export function versionKey({ name, version }: { readonly name: string; readonly version: number }): string {
  return `${name}@${version}`;
}
