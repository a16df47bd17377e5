import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planSteps, type StepState } from './run-plan.js';
import { evaluateCondition } from './template-condition.js';
import { parseTemplate } from './template-parse.js';
import { checkTemplate } from './template-rules.js';
import type { KnownReferences, Step, TemplateSpec } from './template-spec.js';

const nothingKnown: KnownReferences = {
  tools: new Map(),
  capabilities: new Set(),
  schemas: new Set(),
  policies: new Map(),
};

/** Takes every step that the plan gives out, and completes it at once; elements of a fan-out one after the other. */
function runToItsEnd({ steps }: TemplateSpec): Map<string, StepState> {
  const states = new Map<string, StepState>();
  const pass = (scope: readonly Step[], around: Map<string, StepState>): void => {
    for (;;) {
      const { release, skip, fail } = planSteps({
        steps: scope,
        states: around,
        data: { input: { list: [1, 2], on: true } },
        evaluate: evaluateCondition,
      });
      expect(fail.size).toBe(0);
      for (const { key } of skip) around.set(key, { status: 'SKIPPED', output: null });
      for (const step of release) {
        around.set(step.key, { status: 'COMPLETED', output: { on: true } });
        if (step.kind !== 'FAN_OUT') continue;
        const element = new Map(around);
        pass(
          steps.filter(({ within }) => within === step.key),
          element,
        );
        for (const { key, within } of steps) {
          const state = element.get(key);
          if (within === step.key && state !== undefined) states.set(key, state);
        }
      }
      if (release.length + skip.length === 0) return;
    }
  };
  const top = new Map<string, StepState>();
  pass(
    steps.filter(({ within }) => within === null),
    top,
  );
  return new Map([...states, ...top]);
}

type Draft = Record<string, unknown> & { readonly key: string; readonly kind: string };

/** Single steps and fan-outs with steps within and a join, each behind earlier ones; now and then one reference goes astray. */
const template = fc
  .record({
    blocks: fc.array(
      fc.record({
        inner: fc.option(fc.integer({ min: 1, max: 3 })),
        hasJoin: fc.boolean(),
        picks: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    astray: fc.option(fc.tuple(fc.nat(), fc.nat()), { freq: 2 }),
  })
  .map(({ blocks, astray }) => {
    const steps: Draft[] = [];
    const outer: string[] = [];
    for (const { inner, hasJoin, picks } of blocks) {
      let pick = 0;
      const one = (keys: readonly string[]): string => keys[(picks[pick++ % 8] ?? 0) % keys.length] ?? '';
      const behind = (keys: readonly string[]) =>
        keys.length === 0 ? {} : { after: [...new Set([one(keys), one(keys)])] };
      const when = (keys: readonly string[]) =>
        keys.length === 0 || one(['yes', 'no', 'no']) === 'no'
          ? {}
          : { when: { '!!': [{ var: `steps.${one(keys)}.output.on` }] } };
      const key = `s${steps.length}`;
      const { after = [] } = behind(outer);
      if (inner === null) {
        steps.push({ key, kind: 'WORK', itemType: 'TICKET', after, ...when(after) });
        outer.push(key);
        continue;
      }
      steps.push({ key, kind: 'FAN_OUT', over: 'input.list', after, ...when(after) });
      const around = [key];
      for (let count = 0; count < inner; count += 1) {
        const next = `s${steps.length}`;
        steps.push({ key: next, kind: 'WORK', itemType: 'TICKET', within: key, ...behind(around), ...when(around) });
        around.push(next);
      }
      if (!hasJoin) continue;
      const join = `s${steps.length}`;
      steps.push({ key: join, kind: 'JOIN', of: key });
      outer.push(join);
    }
    if (astray !== null) {
      const [at, to] = astray;
      const step = steps[at % steps.length];
      if (step !== undefined) step['after'] = [`s${to % steps.length}`];
    }
    return { steps };
  });

test('every step of a template that passes is taken or skipped, once all before it are done; one that does not says why', () => {
  let passed = 0;
  let fanOuts = 0;
  fc.assert(
    fc.property(template, (given) => {
      const { spec, problems } = checkTemplate(parseTemplate(given), nothingKnown);
      if (spec === null) {
        expect(problems.length).toBeGreaterThan(0);
        return;
      }
      passed += 1;
      fanOuts += spec.steps.some(({ kind }) => kind === 'FAN_OUT') ? 1 : 0;
      const states = runToItsEnd(spec);
      expect([...states.keys()].sort()).toEqual(spec.steps.map(({ key }) => key).sort());
    }),
    { numRuns: 400, seed: 11 },
  );
  expect(passed).toBeGreaterThan(100);
  expect(passed).toBeLessThan(375);
  expect(fanOuts).toBeGreaterThan(50);
});
