/** Gherkin in any of its languages: a criterion for each scenario and for each row of an outline, a requirement for its story and rules. */
import type * as Gherkin from '@cucumber/gherkin';
import type { Background, Examples, FeatureChild, GherkinDocument, Scenario, Step } from '@cucumber/messages';
import type { Place } from '../../domain/document-reading.js';
import { classify } from '../prose/classify.js';
import type { Ledger } from '../prose/ledger.js';
import { isStory } from '../prose/norms.js';
import { splitSentences } from '../prose/sentences.js';

/** Of one outline; more are the same criterion once again. */
const mostRows = 50;

type Library = typeof Gherkin;

/** Why a text is no Gherkin, with the line. */
export class GherkinFault extends Error {}

export interface Scenarios {
  parse(source: string): GherkinDocument;
  /** The language whose word for a feature the text begins with; null when it begins with none. */
  languageOf(source: string): string | null;
}

export async function openScenarios(): Promise<Scenarios> {
  // The package is CommonJS, and Node tells only some of its names.
  const loaded = (await import('@cucumber/gherkin')) as Library & { readonly default?: Library };
  const { AstBuilder, dialects, GherkinClassicTokenMatcher, Parser } = loaded.default ?? loaded;
  const words = Object.entries(dialects).flatMap(([language, { feature }]) =>
    feature.map((word) => [word, language] as const),
  );
  const languageOf = (source: string): string | null => {
    const [, stated] = /^\s*#\s*language\s*:\s*([\w-]+)/.exec(source) ?? [];
    if (stated !== undefined) return stated in dialects ? stated : null;
    const first =
      source
        .split(/\r?\n/)
        .find((line) => !/^\s*(?:[@#].*)?$/.test(line))
        ?.trim() ?? '';
    const known = words.filter(([word]) => first.startsWith(`${word}:`));
    return (known.find(([, language]) => language === 'en') ?? known[0])?.[1] ?? null;
  };
  return {
    languageOf,
    parse: (source) => {
      let ids = 0;
      const parser = new Parser(
        new AstBuilder(() => String((ids += 1))),
        new GherkinClassicTokenMatcher(languageOf(source) ?? 'en'),
      );
      try {
        return parser.parse(source);
      } catch (error) {
        throw new GherkinFault(
          error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ').slice(0, 300) : 'no Gherkin',
        );
      }
    },
  };
}

export interface ScenarioText {
  readonly source: string;
  /** Where the text begins in its file. */
  readonly place: Place;
  readonly headings: readonly string[];
  readonly ledger: Ledger;
}

/** A block in a document: it may begin with a scenario, or with a step. What can't be read is passed over. */
export function readScenarios(scenarios: Scenarios, { source, place, headings, ledger }: ScenarioText): void {
  const isFeature = scenarios.languageOf(source) !== null;
  const hasScenario = /^\s*(?:@[^\n]*\n\s*)*(?:Scenario|Background|Rule|Example)\b[^:\n]*:/m.test(source);
  const opening = isFeature ? '' : hasScenario ? 'Feature: \n' : 'Feature: \nScenario: \n';
  const added = opening.split('\n').length - 1;
  // The fence stands a line above its text.
  const first = (place.line ?? 1) - added;
  const at = ({ line, column = 1 }: Located): Place =>
    place.line === null ? place : { line: first + line, column: column + (place.column ?? 1) - 1 };
  try {
    readFeature(scenarios.parse(`${opening}${source}`), headings, ledger, at);
  } catch (error) {
    if (!(error instanceof GherkinFault)) throw error;
    ledger.pass(source, place, `a block of Gherkin that can’t be read: ${error.message}`);
  }
}

interface Located {
  readonly line: number;
  readonly column?: number | undefined;
}
type Placing = (location: Located) => Place;

export function readFeature(document: GherkinDocument, headings: readonly string[], ledger: Ledger, at: Placing): void {
  const { feature } = document;
  if (feature === undefined) return;
  const context = [...headings, feature.name].filter((name) => name !== '');
  const tags = feature.tags.map(({ name }) => name);
  readDescription(feature.description, context, at({ line: feature.location.line + 1, column: 3 }), ledger);
  const reading: Reading = { context, tags, background: [], ledger, at };
  readChildren(feature.children, reading);
}

interface Reading {
  readonly context: readonly string[];
  readonly tags: readonly string[];
  readonly background: readonly Step[];
  readonly ledger: Ledger;
  readonly at: Placing;
}

function readChildren(children: readonly FeatureChild[], reading: Reading): void {
  let background = reading.background;
  for (const child of children) {
    if (child.background !== undefined) background = [...background, ...stepsOf(child.background)];
    if (child.scenario !== undefined) readScenario(child.scenario, { ...reading, background });
    if (child.rule === undefined) continue;
    const { name, description, location, children: parts, tags } = child.rule;
    const context = [...reading.context, name].filter((each) => each !== '');
    if (name !== '') {
      const finding = {
        type: 'requirement',
        statement: name,
        headings: reading.context,
        place: reading.at(location),
        reason: 'a rule',
      } as const;
      reading.ledger.add(finding);
    }
    readDescription(description, context, reading.at({ line: location.line + 1, column: 3 }), reading.ledger);
    readChildren(parts, { ...reading, context, background, tags: [...reading.tags, ...tags.map((tag) => tag.name)] });
  }
}

function readDescription(description: string, headings: readonly string[], place: Place, ledger: Ledger): void {
  const text = description.replace(/\s+/g, ' ').trim();
  if (text === '') return;
  if (isStory(text))
    return ledger.add({ type: 'requirement', statement: text, headings, place, reason: 'a user story' });
  for (const sentence of splitSentences(text)) {
    const situation = {
      kind: null,
      kindName: '',
      itemId: null,
      from: 'sentence',
      isMarked: true,
      onlyCapitals: false,
    } as const;
    const decision = classify(sentence.text, situation);
    if (decision.type === null) ledger.pass(sentence.text, place, decision.reason);
    else ledger.add({ ...decision, statement: sentence.text, headings, place });
  }
}

function readScenario(scenario: Scenario, { context, tags, background, ledger, at }: Reading): void {
  const place = at(scenario.location);
  const steps = [...background, ...stepsOf(scenario)];
  const all = [...tags, ...scenario.tags.map(({ name }) => name)];
  if (scenario.steps.length === 0) return ledger.pass(scenario.name, place, 'a scenario without steps');
  const add = (name: string, said: string, where: Place, more: object): void => {
    const statement = name === '' ? said : `${name}: ${said}`;
    ledger.add({
      type: 'acceptance_criteria',
      statement,
      headings: context,
      place: where,
      reason: 'a scenario',
      more: { scenario: scenario.name, ...(all.length > 0 && { tags: [...new Set(all)] }), ...more },
    });
  };
  const rows = scenario.examples.flatMap(rowsOf);
  if (rows.length === 0) return add(scenario.name, saySteps(steps, new Map()), place, {});
  for (const { values, location } of rows.slice(0, mostRows)) {
    const said = [...values].map(([name, value]) => `${name}: ${value}`).join(', ');
    add(`${scenario.name} (${said})`, saySteps(steps, values), at(location), { example: Object.fromEntries(values) });
  }
  const [more] = rows.slice(mostRows);
  if (more !== undefined)
    ledger.pass(
      scenario.name,
      at(more.location),
      `${rows.length - mostRows} rows beyond the first ${mostRows} of an outline`,
    );
}

function stepsOf({ steps }: Background | Scenario): readonly Step[] {
  return steps;
}

function rowsOf({
  tableHeader,
  tableBody,
}: Examples): { readonly values: ReadonlyMap<string, string>; readonly location: Located }[] {
  const names = tableHeader?.cells.map(({ value }) => value) ?? [];
  return tableBody.map(({ cells, location }) => ({
    location,
    values: new Map(cells.map(({ value }, at) => [names[at] ?? '', value])),
  }));
}

function saySteps(steps: readonly Step[], values: ReadonlyMap<string, string>): string {
  const fill = (text: string): string =>
    text.replace(/<([^<>]+)>/g, (whole, name: string) => values.get(name) ?? whole);
  return steps
    .map(({ keyword, text, dataTable, docString }) => {
      const table = dataTable?.rows.map(({ cells }) => cells.map(({ value }) => value).join(' | ')).join('; ');
      const given = table ?? docString?.content.replace(/\s+/g, ' ').slice(0, 500);
      return fill(`${keyword}${text}${given === undefined ? '' : ` [${given}]`}`).trim();
    })
    .join(' ');
}
