/**
 * Conditions: JSON Logic of a few operators, so that a condition costs no more than the values it reads: none computes a path,
 * and of those that walk a list none may stand inside another.
 */
import { LogicEngine } from 'json-logic-engine';
import { isElementPath, parsePath, type DataPath } from './template-paths.js';
import { templateLimits, type Condition, type Json, type StepData } from './template-spec.js';

const plain = ['==', '===', '!=', '!==', '!', '!!', 'and', 'or', 'if', '<', '<=', '>', '>='] as const;
const arithmetic = ['+', '-', '*', '/', '%', 'min', 'max', 'in', 'cat'] as const;
const walking = ['some', 'all', 'none'] as const;
const conditionOperators: ReadonlySet<string> = new Set(['var', ...plain, ...arithmetic, ...walking]);
const walkingOperators: ReadonlySet<string> = new Set(walking);

export interface RuleProblem {
  /** Inside the rule. */
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface CheckedRule {
  readonly problems: readonly RuleProblem[];
  /** What it reads, and where it says so. */
  readonly reads: readonly { readonly path: readonly PropertyKey[]; readonly text: string; readonly data: DataPath }[];
}

/** Everything that is wrong with a condition, and what it reads. */
export function checkCondition(rule: Json): CheckedRule {
  const checked = checkRule(rule, 'condition');
  if (checked.problems.length === 0 && checked.reads.length === 0) {
    return { ...checked, problems: [{ path: [], message: 'It reads nothing, and so is always the same.' }] };
  }
  return checked;
}

/** The same of a step's input: values of any shape, in which `{ "var": … }` stands for what is read. */
export function checkInput(input: Json): CheckedRule {
  return checkRule(input, 'input');
}

type Read = CheckedRule['reads'][number];

function checkRule(rule: Json, kind: 'condition' | 'input'): CheckedRule {
  const problems: RuleProblem[] = [];
  const reads: Read[] = [];
  let nodes = 0;
  const fail = (path: readonly PropertyKey[], message: string): void => void problems.push({ path, message });

  const readAt = (path: readonly PropertyKey[], given: Json, inList: boolean): void => {
    const text = Array.isArray(given) ? (given as readonly Json[])[0] : given;
    if (typeof text !== 'string') return fail(path, 'A path is text that is written out.');
    if (inList) return isElementPath(text) ? undefined : fail(path, `${quote(text)} is no path of a list's element.`);
    const data = parsePath(text);
    if (data === null)
      return fail(path, `${quote(text)} is no path: input.…, item.…, steps.<key>.output.… or steps.<key>.status.`);
    reads.push({ path, text, data });
  };

  const visit = (value: Json, path: readonly PropertyKey[], depth: number, inList: boolean): void => {
    nodes += 1;
    if (nodes > templateLimits.ruleNodes) return;
    if (depth > templateLimits.ruleDepth) return fail(path, `It is nested deeper than ${templateLimits.ruleDepth}.`);
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      value.forEach((each: Json, index) => visit(each, [...path, index], depth + 1, inList));
      return;
    }
    const entries = Object.entries(value as Readonly<Record<string, Json>>);
    const isOperation = kind === 'condition' || (entries.length === 1 && entries[0]?.[0] === 'var');
    if (!isOperation) {
      for (const [name, each] of entries) visit(each, [...path, name], depth + 1, inList);
      return;
    }
    const [operator, given] = entries[0] ?? [];
    if (entries.length !== 1 || operator === undefined || given === undefined)
      return fail(path, 'An operation is an object with one name, that of its operator.');
    const place = [...path, operator];
    if (!conditionOperators.has(operator)) return fail(place, `There is no operator ${quote(operator)}.`);
    if (operator === 'var') return readAt(place, given, inList);
    if (!walkingOperators.has(operator)) return visit(given, place, depth + 1, inList);
    if (inList) return fail(place, `${operator} can't stand inside of another walk through a list.`);
    if (!Array.isArray(given) || given.length !== 2) return fail(place, `${operator} takes a list and a condition.`);
    const [list, test] = given as unknown as readonly [Json, Json];
    visit(list, [...place, 0], depth + 1, false);
    visit(test, [...place, 1], depth + 1, true);
  };

  visit(rule, [], 1, false);
  if (nodes > templateLimits.ruleNodes) fail([], `It has more than ${templateLimits.ruleNodes} parts.`);
  return { problems, reads };
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}

/** Interpreted: it compiles nothing, and so runs no text as a program. */
const engine = new LogicEngine(undefined, { disableInline: true });

/** Throws an error for people when the values are not of the kinds that the condition compares. */
export function evaluateCondition(condition: Condition, data: StepData): boolean {
  try {
    return engine.run({ '!!': [condition] }, data) === true;
  } catch {
    throw new Error('a value that it reads is not of the kind that it compares');
  }
}

/** The content that a step's input describes; what a path leads to nowhere is null. */
export function resolveInput(input: Readonly<Record<string, Json>>, data: StepData): Record<string, Json> {
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, resolveValue(value, data)]));
}

function resolveValue(value: Json, data: StepData): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each: Json) => resolveValue(each, data));
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  if (entries.length === 1 && entries[0]?.[0] === 'var') return (engine.run(value, data) ?? null) as Json;
  return Object.fromEntries(entries.map(([name, each]) => [name, resolveValue(each, data)]));
}
