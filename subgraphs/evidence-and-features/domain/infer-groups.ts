/** Groups of evidence by what its sources share: the tag or path of an API, an epic or ticket, a heading. */
import type { EvidenceType } from './evidence-types.js';
import { beginningOf } from './extracted-evidence.js';

export interface EvidenceFact {
  readonly id: string;
  readonly type: EvidenceType;
  readonly content: string;
  readonly rawData: Readonly<Record<string, unknown>>;
}

export interface EvidenceGroup {
  /** The same for the same structure in another document of the same repository. */
  readonly key: string;
  readonly name: string;
  /** What its members share, in words: `the tag Comments`. */
  readonly shared: string;
  readonly members: readonly EvidenceFact[];
}

export interface Grouping {
  readonly groups: readonly EvidenceGroup[];
  /** What shares no structure with anything. */
  readonly rest: readonly EvidenceFact[];
}

interface Place {
  readonly key: string;
  readonly name: string;
  readonly shared: string;
}

/** `scope` keeps apart what has equal names in different products: a repository, or the document itself. */
export function groupByStructure(facts: readonly EvidenceFact[], scope: string): Grouping {
  const tickets = new Tickets(facts);
  const groups = new Map<string, Place & { readonly members: EvidenceFact[] }>();
  const rest: EvidenceFact[] = [];
  for (const fact of facts) {
    const place = placeOf(fact, tickets);
    if (place === null) {
      rest.push(fact);
      continue;
    }
    const key = `${scope} | ${place.key}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...place, key, members: [fact] });
    else group.members.push(fact);
  }
  return { groups: [...groups.values()], rest };
}

function placeOf({ type, rawData }: EvidenceFact, tickets: Tickets): Place | null {
  if (type === 'endpoint' || type === 'payload') return apiPlace(rawData);
  if (typeof rawData['ticket_key'] === 'string') return tickets.placeOf(rawData);
  return sectionPlace(rawData);
}

/** Of an endpoint its first tag, or the first word of its path; of a payload, those of the operations that use it. */
function apiPlace(rawData: EvidenceFact['rawData']): Place | null {
  const [tag] = names(rawData['tags']);
  if (tag !== undefined) return { key: `api ${slugOf(tag)}`, name: titleOf(tag), shared: `the tag ${tag}` };
  const path = typeof rawData['path'] === 'string' ? rawData['path'] : texts(rawData['used_by'])[0]?.split(' ')[1];
  const word = path
    ?.split('/')
    .find((part) => slugOf(part) !== '' && !/^(\{.*|:.*|api|rest|v\d+(\.\d+)*)$/i.test(part));
  return word === undefined ? null : { key: `api ${slugOf(word)}`, name: titleOf(word), shared: `the path /${word}` };
}

/** The two outermost headings: a chapter, and what it says of one thing. */
function sectionPlace(rawData: EvidenceFact['rawData']): Place | null {
  const headings = names(rawData['headings']).slice(0, 2);
  const name = headings.at(-1);
  if (name === undefined) return null;
  return { key: `section ${headings.map(slugOf).join('/')}`, name: titleOf(name), shared: `the heading ${name}` };
}

/** Issues belong to their epic, or to their parent's; else to their component; else each stands for itself. */
class Tickets {
  readonly #issues = new Map<string, EvidenceFact['rawData']>();

  constructor(facts: readonly EvidenceFact[]) {
    for (const { type, rawData } of facts) {
      const key = rawData['ticket_key'];
      if (typeof key === 'string' && type !== 'acceptance_criteria') this.#issues.set(key, rawData);
    }
  }

  placeOf(rawData: EvidenceFact['rawData']): Place {
    const epic = this.#epicOf(rawData, 0);
    if (epic !== null) {
      const issue = this.#issues.get(epic);
      return {
        key: `ticket ${epic}`,
        name: titleOf(textOf(issue?.['epic_name']) ?? textOf(issue?.['summary']) ?? epic),
        shared: `the epic ${epic}`,
      };
    }
    const [component] = names(rawData['components']);
    if (component !== undefined) {
      return { key: `component ${slugOf(component)}`, name: titleOf(component), shared: `the component ${component}` };
    }
    const key = textOf(rawData['ticket_key']) ?? '';
    const summary = textOf(this.#issues.get(key)?.['summary']) ?? key;
    return { key: `ticket ${key}`, name: titleOf(summary), shared: `the ticket ${key}` };
  }

  /** Sub-tasks name their story, and the story its epic; two steps are as deep as trackers go. */
  #epicOf(rawData: EvidenceFact['rawData'], steps: number): string | null {
    const epic = textOf(rawData['epic']);
    const parent = textOf(rawData['parent']);
    if (epic !== null || parent === null || steps > 2) return epic;
    const issue = this.#issues.get(parent);
    return issue === undefined ? parent : (this.#epicOf(issue, steps + 1) ?? parent);
  }
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Texts that name something: a tag of signs alone would put everything that has one into one group without a name. */
function names(value: unknown): string[] {
  return texts(value).filter((text) => slugOf(text) !== '');
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string' && each !== '') : [];
}

/** `Comment Reactions`, `comment-reactions` and `commentReaction` are one. */
export function slugOf(text: string): string {
  const words = text
    .replace(/(\p{Ll}|\d)(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/(?<=\p{L}{3})s\b/gu, '');
  return beginningOf(words, 200);
}

function titleOf(text: string): string {
  const spaced = text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim();
  const words = beginningOf(spaced, 200);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
