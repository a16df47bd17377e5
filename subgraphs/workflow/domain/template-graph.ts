/** Which step of a draft comes before which, along `after` and from a fan-out's steps to its joins. */
import type { DraftStep } from './template-parse.js';
import type { Step } from './template-spec.js';

export interface UnreachableStep {
  readonly index: number;
  readonly key: string;
  readonly reason: string;
}

export class StepGraph {
  private readonly byKey = new Map<string, DraftStep>();
  /** Step → the known steps that it waits for. */
  private readonly waits = new Map<string, readonly string[]>();
  private readonly start: ReadonlySet<string>;
  private readonly ancestors = new Map<string, ReadonlySet<string>>();

  constructor(steps: readonly DraftStep[], start: readonly string[]) {
    this.start = new Set(start);
    for (const draft of steps) {
      if (draft.key !== null && !this.byKey.has(draft.key)) this.byKey.set(draft.key, draft);
    }
    const all = steps.flatMap(({ step }) => (step === null ? [] : [step]));
    for (const [key, { step }] of this.byKey) this.waits.set(key, step === null ? [] : this.waitsOf(step, all));
  }

  private waitsOf(step: Step, all: readonly Step[]): string[] {
    const joined =
      step.kind === 'JOIN' ? [step.of, ...all.filter(({ within }) => within === step.of).map(({ key }) => key)] : [];
    return [...new Set([...step.after, ...joined])].filter((key) => this.byKey.has(key));
  }

  has(key: string): boolean {
    return this.byKey.has(key);
  }

  /** Null for a step whose shape is wrong, and for none. */
  step(key: string): Step | null {
    return this.byKey.get(key)?.step ?? null;
  }

  indexOf(key: string): number {
    return this.byKey.get(key)?.index ?? 0;
  }

  isBefore(key: string, other: string): boolean {
    let found = this.ancestors.get(other);
    if (found === undefined) {
      const seen = new Set<string>();
      const waiting = [...(this.waits.get(other) ?? [])];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (seen.has(next)) continue;
        seen.add(next);
        waiting.push(...(this.waits.get(next) ?? []));
      }
      this.ancestors.set(other, (found = seen));
    }
    return found.has(key);
  }

  /** One cycle for each set of steps that wait for each other, in the order of waiting. */
  cycles(): readonly (readonly string[])[] {
    const reported = new Set<string>();
    return [...this.byKey.keys()].flatMap((key) => {
      if (reported.has(key) || !this.isBefore(key, key)) return [];
      for (const other of this.byKey.keys()) {
        if (this.isBefore(other, key) && this.isBefore(key, other)) reported.add(other);
      }
      return [this.shortestCycle(key)];
    });
  }

  private shortestCycle(key: string): readonly string[] {
    const from = new Map<string, string | null>([[key, null]]);
    for (const current of from.keys()) {
      for (const next of this.waits.get(current) ?? []) {
        if (next === key) return this.pathTo(current, from);
        if (!from.has(next)) from.set(next, current);
      }
    }
    return [key];
  }

  private pathTo(key: string, from: ReadonlyMap<string, string | null>): string[] {
    const path: string[] = [];
    for (let at: string | null = key; at !== null; at = from.get(at) ?? null) path.unshift(at);
    return path;
  }

  /** Steps that no run would come to, with the reason; those of a cycle are the cycle's to report. */
  unreachable(): readonly UnreachableStep[] {
    return [...this.byKey].flatMap(([key, { index, step }]) => {
      if (step === null || this.isBefore(key, key)) return [];
      const reason = this.reasonOf(key, step);
      return reason === null ? [] : [{ index, key, reason }];
    });
  }

  private reasonOf(key: string, step: Step): string | null {
    if (step.after.length === 0 && step.kind !== 'JOIN') {
      return this.start.has(key) ? null : 'nothing leads to it. Name it in start, or say what it comes after.';
    }
    const stuck = (this.waits.get(key) ?? []).find((other) => this.isBefore(other, other));
    return stuck === undefined ? null : `it waits for ${stuck}, which waits for itself.`;
  }
}
