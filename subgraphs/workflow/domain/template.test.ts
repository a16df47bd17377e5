import { describe, expect, test } from '@jest/globals';
import { evaluateCondition, resolveInput } from './template-condition.js';
import { parseTemplate } from './template-parse.js';
import { checkTemplate, referencesOf } from './template-rules.js';
import type { KnownReferences, ParsedTemplate } from './template-spec.js';

const known: KnownReferences = {
  tools: new Map([['ledger.post', ['ledger:post']]]),
  capabilities: new Set(['ledger:post', 'read']),
  schemas: new Set(['invoice@1']),
  policies: new Map([['invoice-approval@1', 2]]),
};

const work = (key: string, more: Record<string, unknown> = {}) => ({ key, kind: 'WORK', itemType: 'INVOICE', ...more });
const fanOut = (key: string, more: Record<string, unknown> = {}) => ({
  key,
  kind: 'FAN_OUT',
  over: 'input.invoices',
  ...more,
});

/** What a company's invoices go through: in the shape that a person writes it. */
const invoices = [
  fanOut('each'),
  work('extract', { after: ['each'], within: 'each', schema: { name: 'invoice', version: 1 } }),
  work('validate', { after: ['extract'], within: 'each', input: { amount: { var: 'steps.extract.output.amount' } } }),
  {
    key: 'approve',
    kind: 'APPROVAL',
    itemType: 'INVOICE',
    after: ['validate'],
    within: 'each',
    when: { '>': [{ var: 'steps.extract.output.amount' }, 0] },
    policy: { name: 'invoice-approval', version: 1 },
    limit: { path: 'steps.extract.output.amount', above: 10_000 },
  },
  {
    key: 'post',
    kind: 'TOOL_CALL',
    itemType: 'INVOICE',
    tool: 'ledger.post',
    capabilities: ['ledger:post'],
    after: ['approve'],
    within: 'each',
  },
  {
    key: 'score',
    kind: 'EVALUATION',
    itemType: 'INVOICE',
    evaluator: 'totals',
    of: 'extract',
    after: ['post'],
    within: 'each',
  },
  { key: 'all', kind: 'JOIN', of: 'each', require: 'SETTLED' },
  work('report', { after: ['all'], input: { done: { var: 'steps.all.output' } } }),
];

function check(steps: readonly unknown[], more: Record<string, unknown> = {}): ParsedTemplate {
  return checkTemplate(parseTemplate({ steps, ...more }), known);
}

function problems(steps: readonly unknown[], more: Record<string, unknown> = {}): string[] {
  return check(steps, more).problems.map(({ code, path }) => `${code} ${path}`);
}

describe('a template', () => {
  test('is stored with every default filled in, and reads the same again', () => {
    const { spec } = check(invoices);
    expect(spec?.start).toEqual(['each']);
    expect(spec?.steps[1]).toMatchObject({ when: null, priority: null, retry: { attempts: 3, attemptSeconds: 300 } });
    expect(checkTemplate(parseTemplate(spec), known)).toEqual({ spec, problems: [] });
  });

  test('names what it refers to', () => {
    expect(referencesOf(parseTemplate({ steps: invoices }))).toEqual({
      tools: ['ledger.post'],
      capabilities: ['ledger:post'],
      schemas: [{ name: 'invoice', version: 1 }],
      policies: [{ name: 'invoice-approval', version: 1 }],
    });
  });

  test('may begin with several steps when it says so', () => {
    expect(problems([work('a'), work('b'), work('c', { after: ['a', 'b'] })], { start: ['a', 'b'] })).toEqual([]);
  });
});

const tenThousand = Array.from({ length: 10_000 }, (_, index) =>
  work(`s${index}`, index === 0 ? {} : { after: [`s${index - 1}`] }),
);
const approval = (more: Record<string, unknown>) => [
  { key: 'a', kind: 'APPROVAL', itemType: 'INVOICE', policy: { name: 'invoice-approval', version: 1 }, ...more },
];
const within = (...steps: readonly unknown[]) => [fanOut('f'), work('x', { within: 'f', after: ['f'] }), ...steps];
const when = (rule: unknown) => [work('a'), work('b', { after: ['a'], when: rule })];
let nested: unknown = { var: 'input.a' };
for (let depth = 0; depth < 20; depth++) nested = { '!': [nested] };
let deep: unknown = 1;
for (let depth = 0; depth < 5_000; depth++) deep = [deep];

/** Each bad template with every problem that it has, and where. */
const bad: readonly {
  readonly what: string;
  readonly steps: readonly unknown[];
  readonly more?: Record<string, unknown>;
  readonly expected: readonly string[];
}[] = [
  { what: 'no step', steps: [], expected: ['MALFORMED /steps'] },
  { what: '10,000 steps', steps: tenThousand, expected: ['TOO_LARGE /steps'] },
  { what: '201 steps', steps: tenThousand.slice(0, 201), expected: ['TOO_LARGE /steps'] },
  { what: 'nesting without end', steps: [work('a', { input: { deep } })], expected: ['TOO_LARGE '] },
  {
    what: 'a cycle of two',
    steps: [work('a'), work('b', { after: ['a', 'c'] }), work('c', { after: ['b'] })],
    expected: ['CYCLE /steps/1/after'],
  },
  {
    what: 'a step that waits for itself',
    steps: [work('a'), work('b', { after: ['b'] })],
    expected: ['CYCLE /steps/1/after'],
  },
  {
    what: 'two cycles, and a step behind one',
    steps: [
      work('a'),
      work('b', { after: ['c'] }),
      work('c', { after: ['b'] }),
      work('d', { after: ['e'] }),
      work('e', { after: ['d'] }),
      work('f', { after: ['a', 'e'] }),
    ],
    expected: ['CYCLE /steps/1/after', 'CYCLE /steps/3/after', 'UNREACHABLE /steps/5'],
  },
  {
    what: 'a cycle through a join',
    steps: [
      fanOut('f', { after: ['j'] }),
      work('x', { within: 'f', after: ['f'] }),
      { key: 'j', kind: 'JOIN', of: 'f' },
    ],
    more: { start: ['f'] },
    expected: ['UNREACHABLE /start/0', 'CYCLE /steps/0/after'],
  },
  { what: 'a step that nothing leads to', steps: [work('a'), work('b')], expected: ['UNREACHABLE /steps/1'] },
  {
    what: 'a first step that waits',
    steps: [work('a'), work('b', { after: ['a'] })],
    more: { start: ['b'] },
    expected: ['UNREACHABLE /start/0', 'UNREACHABLE /steps/0'],
  },
  {
    what: 'an unknown first step',
    steps: [work('a')],
    more: { start: ['a', 'nobody'] },
    expected: ['UNKNOWN_STEP /start/1'],
  },
  {
    what: 'an unknown step to come after',
    steps: [work('a'), work('b', { after: ['a', 'nobody'] })],
    expected: ['UNKNOWN_STEP /steps/1/after/1'],
  },
  { what: 'a key twice', steps: [work('a'), work('a', { after: ['a'] })], expected: ['DUPLICATE_KEY /steps/1/key'] },
  {
    what: 'an unknown tool',
    steps: [{ key: 'a', kind: 'TOOL_CALL', itemType: 'TICKET', tool: 'rm' }],
    expected: ['UNKNOWN_TOOL /steps/0/tool'],
  },
  {
    what: 'a missing capability',
    steps: [{ key: 'a', kind: 'TOOL_CALL', itemType: 'TICKET', tool: 'ledger.post', capabilities: ['read'] }],
    expected: ['MISSING_CAPABILITY /steps/0/capabilities'],
  },
  {
    what: 'an unknown capability',
    steps: [work('a', { capabilities: ['read', 'fly'] })],
    expected: ['UNKNOWN_CAPABILITY /steps/0/capabilities/1'],
  },
  {
    what: 'an unknown schema',
    steps: [work('a', { schema: { name: 'invoice', version: 2 } })],
    expected: ['UNKNOWN_SCHEMA /steps/0/schema'],
  },
  {
    what: 'an unknown policy',
    steps: approval({ policy: { name: 'invoice-approval', version: 9 } }),
    expected: ['UNKNOWN_POLICY /steps/0/policy'],
  },
  { what: 'a level above the highest', steps: approval({ level: 3 }), expected: ['LEVEL_TOO_HIGH /steps/0/level'] },
  {
    what: 'a fan-out within itself',
    steps: [fanOut('f', { within: 'f' }), work('x', { within: 'f', after: ['f'] })],
    expected: ['FAN_OUT_RECURSION /steps/0/within'],
  },
  {
    what: 'a fan-out within another',
    steps: within(fanOut('g', { within: 'f', after: ['x'] }), work('y', { within: 'g', after: ['g'] })),
    expected: ['FAN_OUT_RECURSION /steps/2/within'],
  },
  {
    what: 'a fan-out over what comes of itself',
    steps: [fanOut('f', { over: 'steps.x.output.more' }), work('x', { within: 'f', after: ['f'] })],
    expected: ['FAN_OUT_RECURSION /steps/0/over'],
  },
  {
    what: 'a fan-out over its own join',
    steps: [
      fanOut('f', { over: 'steps.j.output' }),
      work('x', { within: 'f', after: ['f'] }),
      { key: 'j', kind: 'JOIN', of: 'f' },
    ],
    expected: ['BAD_PATH /steps/0/over'],
  },
  { what: 'a fan-out with nothing within', steps: [fanOut('f')], expected: ['FAN_OUT_SCOPE /steps/0'] },
  {
    what: 'a step within what is no fan-out',
    steps: [work('a'), work('b', { within: 'a', after: ['a'] })],
    expected: ['FAN_OUT_SCOPE /steps/1/within'],
  },
  {
    what: 'a step behind a fan-out without a join',
    steps: within(work('z', { after: ['x'] })),
    expected: ['FAN_OUT_SCOPE /steps/2/after/0'],
  },
  {
    what: 'a join within',
    steps: within({ key: 'j', kind: 'JOIN', of: 'f', within: 'f', after: ['x'] }),
    expected: ['FAN_OUT_SCOPE /steps/2/within', 'CYCLE /steps/2/after'],
  },
  {
    what: 'an element’s output read outside',
    steps: within(
      { key: 'j', kind: 'JOIN', of: 'f' },
      work('z', { after: ['j'], input: { a: { var: 'steps.x.output' } } }),
    ),
    expected: ['FAN_OUT_SCOPE /steps/3/input/a/var'],
  },
  {
    what: 'an item outside of a fan-out',
    steps: [work('a', { input: { a: { var: 'item.id' } } })],
    expected: ['BAD_PATH /steps/0/input/a/var'],
  },
  {
    what: 'a later step read',
    steps: [work('a', { when: { var: 'steps.b.output' } }), work('b', { after: ['a'] })],
    expected: ['BAD_PATH /steps/0/when/var'],
  },
  { what: 'an unknown operator', steps: when({ eval: ['1'] }), expected: ['BAD_CONDITION /steps/1/when/eval'] },
  {
    what: 'an operator that loops',
    steps: when({ reduce: [{ var: 'input.a' }, 1, 0] }),
    expected: ['BAD_CONDITION /steps/1/when/reduce'],
  },
  {
    what: 'a walk within a walk',
    steps: when({ some: [{ var: 'input.a' }, { all: [{ var: '' }, true] }] }),
    expected: ['BAD_CONDITION /steps/1/when/some/1/all'],
  },
  { what: 'a condition that reads nothing', steps: when({ '==': [1, 1] }), expected: ['BAD_CONDITION /steps/1/when'] },
  {
    what: 'a computed path',
    steps: when({ var: { cat: ['input', '.a'] } }),
    expected: ['BAD_CONDITION /steps/1/when/var'],
  },
  {
    what: 'a path into the machinery',
    steps: when({ var: 'input.constructor.name' }),
    expected: ['BAD_CONDITION /steps/1/when/var'],
  },
  {
    what: 'a condition too deep',
    steps: when(nested),
    expected: ['BAD_CONDITION /steps/1/when/!/0/!/0/!/0/!/0/!/0/!/0'],
  },
  {
    what: 'a condition too wide',
    steps: when({ or: Array.from({ length: 300 }, () => ({ var: 'input.a' })) }),
    expected: ['BAD_CONDITION /steps/1/when'],
  },
  {
    what: 'an unknown setting',
    steps: [work('a', { retries: 3, retry: { tries: 1 } })],
    expected: ['MALFORMED /steps/0/retry/tries', 'MALFORMED /steps/0/retries'],
  },
  {
    what: 'values out of range, with what else is wrong elsewhere',
    steps: [
      work('a', { retry: { attempts: 0, backoff: { jitter: 2 } } }),
      work('b', { after: ['a', 'x'] }),
      { key: 'c', kind: 'DANCE' },
      7,
    ],
    expected: [
      'MALFORMED /steps/0/retry/attempts',
      'MALFORMED /steps/0/retry/backoff/jitter',
      'MALFORMED /steps/2/kind',
      'MALFORMED /steps/3',
      'UNKNOWN_STEP /steps/1/after/1',
    ],
  },
];

test.each(bad)('$what is refused with its path', ({ steps, more, expected }) => {
  expect(problems(steps, more)).toEqual(expected);
});

test.each([null, 7, 'steps', [], { steps: {} }])('%j is no template, and says so', (value) => {
  expect(checkTemplate(parseTemplate(value), known).problems).not.toEqual([]);
});

describe('conditions and inputs', () => {
  const data = {
    input: { amount: 12, lines: [{ price: 3 }], none: null },
    steps: { a: { status: 'COMPLETED', output: { ok: true } } },
  };

  test.each([
    [{ '>': [{ var: 'input.amount' }, 10] }, true],
    [{ and: [{ var: 'steps.a.output.ok' }, { '==': [{ var: 'steps.a.status' }, 'COMPLETED'] }] }, true],
    [{ some: [{ var: 'input.lines' }, { '>': [{ var: 'price' }, 5] }] }, false],
    [{ '===': [{ var: 'input.missing.deeper' }, null] }, true],
    [{ in: [{ var: 'input.amount' }, [1, 12]] }, true],
  ])('%j is %j', (condition, expected) => {
    expect(evaluateCondition(condition, data)).toBe(expected);
  });

  test('a comparison of what can’t be compared is an error in words, not a wrong answer', () => {
    expect(() => evaluateCondition({ '>': [{ var: 'input.lines' }, 10] }, data)).toThrow(/not of the kind/);
  });

  test('an input is filled from what was before, null where there is nothing', () => {
    const input = {
      a: { var: 'input.amount' },
      b: [{ var: 'steps.a.output' }],
      c: { d: { var: 'input.x.y' } },
      e: 'text',
    };
    expect(resolveInput(input, data)).toEqual({ a: 12, b: [{ ok: true }], c: { d: null }, e: 'text' });
  });
});
