/** What outputs of a feature hold, by their kind, made from its linked evidence. Every item names the evidence it is from. */
import { assertNever } from '../../kernel/errors/index.js';
import { toGlobalId } from '../../kernel/ids/index.js';
import type { EvidenceType } from './evidence-types.js';

export const outputTypes = ['EPIC', 'STORY', 'ACCEPTANCE_CRITERIA', 'API_CONTRACT', 'REQUIREMENTS'] as const;
export type OutputType = Lowercase<(typeof outputTypes)[number]>;

export interface LinkedFact {
  readonly id: string;
  readonly type: EvidenceType;
  readonly content: string;
  readonly rawData: unknown;
}

export interface FeatureFacts {
  readonly name: string;
  readonly description: string | null;
  /** The strongest first. */
  readonly facts: readonly LinkedFact[];
  /** Features that are parts of it. */
  readonly parts: readonly { readonly id: string; readonly name: string }[];
}

type Json = Record<string, unknown>;

export function generateOutput(type: OutputType, feature: FeatureFacts): Json {
  const head = { title: feature.name, description: feature.description };
  switch (type) {
    case 'epic':
      return {
        ...head,
        acceptance_criteria: criteriaOf(feature),
        api_contracts: endpointsOf(feature).map(({ method, path, summary, evidence }) => ({
          method,
          path,
          summary,
          evidence,
        })),
        stories: storiesOf(feature),
        parts: feature.parts.map((part) => ({ feature: toGlobalId('Feature', part.id), text: part.name })),
      };
    case 'story':
      return { ...head, stories: storiesOf(feature) };
    case 'acceptance_criteria':
      return { ...head, criteria: criteriaOf(feature) };
    case 'api_contract':
      return { ...head, endpoints: endpointsOf(feature), payloads: itemsOf(feature, 'payload') };
    case 'requirements':
      return {
        ...head,
        functional: itemsOf(feature, 'requirement', 'flow', 'ui_element'),
        interfaces: itemsOf(feature, 'endpoint', 'payload'),
        constraints: itemsOf(feature, 'constraint'),
        edge_cases: itemsOf(feature, 'edge_case'),
        acceptance_criteria: itemsOf(feature, 'acceptance_criteria'),
        known_defects: itemsOf(feature, 'bug'),
      };
    default:
      return assertNever(type);
  }
}

interface Item {
  readonly text: string;
  readonly evidence: string;
}

function toItem(fact: LinkedFact): Item {
  return { text: fact.content.trim(), evidence: toGlobalId('Evidence', fact.id) };
}

/** Facts of some kinds, each text once: what two documents say alike is one item. */
function factsOf(feature: FeatureFacts, ...types: readonly EvidenceType[]): LinkedFact[] {
  const seen = new Set<string>();
  return feature.facts.filter((fact) => {
    const key = fact.content.trim().toLowerCase().replace(/\s+/g, ' ');
    return types.includes(fact.type) && !seen.has(key) && seen.add(key);
  });
}

function itemsOf(feature: FeatureFacts, ...types: readonly EvidenceType[]): Item[] {
  return factsOf(feature, ...types).map(toItem);
}

const criterionKinds = {
  acceptance_criteria: 'criterion',
  constraint: 'constraint',
  edge_case: 'edge_case',
  bug: 'regression',
} as const;

/** Everything that a tester can hold the feature against; a fault that was reported is one that must not come back. */
function criteriaOf(feature: FeatureFacts): (Item & { kind: string })[] {
  return (Object.keys(criterionKinds) as (keyof typeof criterionKinds)[]).flatMap((type) =>
    itemsOf(feature, type).map((item) => ({ ...item, kind: criterionKinds[type] })),
  );
}

/** Over text whose white space is single blanks: runs of it could be told apart in as many ways as they are long. */
const userStory =
  /^\W*as an? (?<asA>.+?),? i (?:want|would like|need) (?<iWant>.+?)(?:,? so that (?<soThat>.+?))?\.?$/i;

/** A requirement in the form of a story is taken apart; any other is what somebody wants. Criteria go with their ticket. */
function storiesOf(feature: FeatureFacts): Json[] {
  const wishes = factsOf(feature, 'requirement', 'flow');
  const criteria = factsOf(feature, 'acceptance_criteria');
  return wishes.map((fact) => {
    const text = fact.content.trim();
    const { asA = null, iWant = text, soThat = null } = userStory.exec(text.replace(/\s+/g, ' '))?.groups ?? {};
    const ticket = member(fact.rawData, 'ticket_key');
    const own = ticket === undefined ? [] : criteria.filter((one) => member(one.rawData, 'ticket_key') === ticket);
    return {
      ...toItem(fact),
      as_a: asA,
      i_want: iWant,
      so_that: soThat,
      acceptance_criteria: own.map(toItem),
    };
  });
}

interface Endpoint {
  readonly method: unknown;
  readonly path: unknown;
  readonly summary: string;
  readonly evidence: string;
  readonly auth: unknown;
  readonly request: Json;
  readonly response: Json;
}

function endpointsOf(feature: FeatureFacts): Endpoint[] {
  return factsOf(feature, 'endpoint').map((fact) => {
    const raw = fact.rawData;
    const { text, evidence } = toItem(fact);
    const parameters = member(raw, 'parameters');
    return {
      method: member(raw, 'method') ?? null,
      path: member(raw, 'path') ?? null,
      summary: toText(member(raw, 'summary')) ?? text.split('\n', 1)[0] ?? text,
      evidence,
      auth: member(raw, 'auth') ?? null,
      request: {
        ...(Array.isArray(parameters) && parameters.length > 0 && { parameters }),
        body: member(raw, 'request_schema') ?? null,
      },
      response: responsesOf(raw),
    };
  });
}

/** By status: what it means, and for the first that is a success what it brings. */
function responsesOf(raw: unknown): Json {
  const schema = member(raw, 'response_schema') ?? null;
  const responses = member(raw, 'responses');
  const statuses = typeof responses === 'object' && responses !== null ? Object.entries(responses) : [];
  const success = statuses.find(([status]) => /^2/.test(status))?.[0] ?? '200';
  const entries = statuses.map(([status, description]): [string, Json] => [
    status,
    { description, ...(status === success && schema !== null && { body: schema }) },
  ]);
  const known = entries.length > 0 || schema === null;
  return known ? Object.fromEntries(entries) : { [success]: { body: schema } };
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Json)[name] : undefined;
}

function toText(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
