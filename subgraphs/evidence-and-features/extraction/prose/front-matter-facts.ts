/** What front matter states: the story, the description and the criteria of an artifact; its other settings are passed over. */
import type { ProseType } from './sections.js';
import type { FrontMatter, FrontMatterValue } from './front-matter.js';
import type { Ledger } from './ledger.js';
import { emptyReason } from './classify.js';

const lists: readonly (readonly [RegExp, ProseType])[] = [
  [
    /^(?:acceptance(?:_criteria|_criterion)?|criteria|acs?|definition_of_done|scenarios|akzeptanzkriterien|criteres_d_acceptation)$/,
    'acceptance_criteria',
  ],
  [/^(?:requirements?|anforderungen|exigences)$/, 'requirement'],
  [/^(?:constraints?|limits|limitations)$/, 'constraint'],
  [/^(?:edge_cases?|error_cases?)$/, 'edge_case'],
];
/** Prose that says what the artifact itself asks for. */
const statements = /^(?:description|statement|requirement|story|user_story|design_approach|goal)$/;
const storyKeys = {
  role: /^(?:as_an?|role|persona|actor)$/,
  want: /^(?:i_want|want|goal|need)$/,
  benefit: /^(?:so_that|benefit|value)$/,
};
const idKeys = /^(?:gxp_id|id|key|uid|req_id|requirement_id|story_id|identifier|number)$/;

export interface FrontMatterItem {
  readonly title: string | null;
  readonly status: string | null;
  /** The item that the whole file is; null when front matter names none. */
  readonly item: { readonly id: string; readonly title: string } | null;
}

/** Null where there is no front matter. */
export function readFrontMatterFacts({ values }: FrontMatter, ledger: Ledger): FrontMatterItem | null {
  if (values === null) return null;
  const find = (pattern: RegExp): FrontMatterValue | null => {
    for (const [key, texts] of values) if (pattern.test(key) && texts[0] !== undefined) return texts[0];
    return null;
  };
  const title = find(/^(?:title|name|summary)$/)?.text ?? null;
  const id = find(idKeys)?.text ?? null;
  const isArtifact = id !== null && /^[\p{L}][\p{L}\p{N}]*[-_ ]?[\p{L}\p{N}_.-]*\d/u.test(id);
  const item = isArtifact ? { id, title: title ?? '' } : null;
  const headings = title === null ? [] : [title];
  const [role, want, benefit] = [find(storyKeys.role), find(storyKeys.want), find(storyKeys.benefit)];
  const isStory = role !== null && want !== null;
  const add = (
    type: ProseType,
    value: FrontMatterValue,
    key: string,
    more: Readonly<Record<string, unknown>> = {},
  ): void => {
    const empty = emptyReason(value.text);
    if (empty !== null) return ledger.pass(value.text, value.place, empty);
    ledger.add({
      type,
      statement: value.text,
      headings,
      place: value.place,
      reason: `“${key}” of the front matter`,
      item,
      more,
    });
  };
  if (isStory) {
    const text = `${sayRole(role.text)}, ${sayWant(want.text)}${benefit === null ? '' : `, ${sayBenefit(benefit.text)}`}`;
    add('requirement', { text, place: role.place }, 'as_a', {
      story: { role: role.text, want: want.text, benefit: benefit?.text ?? null },
    });
  }
  for (const [key, texts] of values) {
    const type = lists.find(([pattern]) => pattern.test(key))?.[1];
    if (type !== undefined) for (const value of texts) add(type, value, key);
    else if (statements.test(key) && (item !== null || /story/.test(key)))
      for (const value of texts) add('requirement', value, key);
    else if (!isPart(key, isStory))
      for (const value of texts) ledger.pass(`${key}: ${value.text}`, value.place, 'a setting of the front matter');
  }
  return { title, status: find(/^status$/)?.text ?? null, item };
}

function isPart(key: string, isStory: boolean): boolean {
  const isOfStory = Object.values(storyKeys).some((pattern) => pattern.test(key));
  return /^(?:title|name)$/.test(key) || idKeys.test(key) || (isStory && isOfStory);
}

function sayRole(text: string): string {
  if (/^(?:as|als|en tant)\b/i.test(text)) return text;
  return /^(?:an?|the)\s/i.test(text) ? `As ${text}` : `As ${/^[aeiou]/i.test(text) ? 'an' : 'a'} ${text}`;
}

const sayWant = (text: string): string => (/^(?:I|ich|je)\s/i.test(text) ? text : `I want ${text}`);
const sayBenefit = (text: string): string => (/^(?:so that|damit|afin)\b/i.test(text) ? text : `so that ${text}`);
