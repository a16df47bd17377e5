/** What headings, labels and columns announce: the kind of what stands below them, and the item that they name. */
import type { EvidenceType } from '../../domain/evidence-types.js';

export type ProseType = Extract<EvidenceType, 'requirement' | 'acceptance_criteria' | 'constraint' | 'edge_case'>;

/**
 * What stands under a heading: statements of a kind; `informative`: explanation, in which only the strongest words ask for
 * something; `silent`: nothing that the document itself asks for.
 */
export type SectionKind = ProseType | 'decision' | 'informative' | 'silent';

/** The first that fits. */
const kinds: readonly (readonly [RegExp, SectionKind])[] = [
  [
    /^(?:(?:out of|not in) scope|non-?goals?|nicht-?ziele|hors périmètre|glossar(?:y|e|ies)?|glossaire|terms(?: and definitions)?|terminology|definitions?|(?:abbreviations|acronyms)\b.*|references|bibliography|literatur|références|see also|further reading|(?:change|revision|version|document) ?(?:log|history)|changes|changelog|historie|änderungsverlauf|historique|release notes|table of contents|contents|inhalt(?:sverzeichnis)?|sommaire|authors?|licen[cs]e|lizenz|acknowledg\w+|contact|questions|open (?:questions|issues|points)|offene (?:fragen|punkte)|faq|todos?|to do|considered (?:options|alternatives)|alternatives(?: considered)?|rejected (?:options|alternatives)|pros and cons.*|options?|betrachtete alternativen)$/i,
    'silent',
  ],
  [
    /\b(?:acceptance|definition of done|success criteria|test (?:scenarios?|cases?)|scenarios?)\b|\b(?:akzeptanz|abnahme)kriteri\p{L}+|\btestf(?:ä|ae)lle\b|\bszenari\p{L}+|crit(?:è|e)res? d['’](?:acceptation|acceptance)|\bsc(?:é|e)narios?\b|^akzeptanz|^ac$|^dod$/iu,
    'acceptance_criteria',
  ],
  [
    /\b(?:edge|corner|error|failure|special) (?:cases?|handling|modes?|scenarios?)\b|\b(?:exceptions|unhappy path|negative cases)\b|\b(?:sonder|grenz|rand|fehler)f(?:ä|ae)lle?\b|\bfehlerbehandlung\b|\bcas (?:limites?|particuliers?|d['’]erreur)\b/iu,
    'edge_case',
  ],
  [
    /\b(?:constraints?|limits?|limitations?|restrictions?)\b|\b(?:randbedingung|einschr(?:ä|ae)nkung|beschr(?:ä|ae)nkung|grenzwert)\p{L}*|\bcontraintes?\b|\blimites\b/iu,
    'constraint',
  ],
  [
    /\bnon-?functional\b|\bnfrs?\b|\bquality (?:attributes|requirements|goals)\b|\bnicht-?funktional\p{L}*|\bnon fonctionnelles?\b/iu,
    'constraint',
  ],
  [
    /\b(?:requirements?|user stor(?:y|ies)|functional|must[- ]haves?|should[- ]haves?|nice[- ]to[- ]haves?|business rules?|rules)\b|\banforderung\p{L}*|\b(?:funktional\p{L}*|gesch(?:ä|ae)ftsregeln)\b|\bexigences?\b|\bbesoins\b|\brègles de gestion\b/iu,
    'requirement',
  ],
  [/^(?:decision(?: outcome)?|entscheidung|d(?:é|e)cision)$/i, 'decision'],
  [
    /^(?:goals?|objectives?|vision|principles|mission|problem(?: statement)?|ziele?|objectifs?|leitbild)\b|\b(?:introduction|overview|purpose|background|motivation|context|summary|abstract|about|rationale|why|examples?|install(?:ation|ing)?|getting started|quick ?start|usage|how to|set-?up|contributing|contribute|development|developing|build(?:ing)?|deploy(?:ment|ing)?|troubleshooting|prerequisites?|tutorial|guide|configuration|support|community|roadmap|status|consequences|notes?|discussion|implementation(?: notes?)?|einleitung|einführung|überblick|hintergrund|zweck|motivation|beispiele?|begründung|installation|présentation|contexte|exemples?|justification)\b/iu,
    'informative',
  ],
];

/** Null for a heading that announces nothing. Numbers and marks before it are no part of it. */
export function kindOf(heading: string): SectionKind | null {
  const text = bare(heading);
  if (text === '' || text.length > 80) return null;
  return kinds.find(([pattern]) => pattern.test(text))?.[1] ?? null;
}

/** `3.2 Requirements (draft):` → `Requirements (draft)`. */
export function bare(heading: string): string {
  return heading
    .replace(/[*_`#]+/g, '')
    .replace(
      /^\s*(?:(?:\d+|[A-Z])(?:\.\d+)*[.)]?\s+|[ivx]+[.)]\s+|§\s*[\d.]+\s*|\p{Extended_Pictographic}\ufe0f?\s*)/u,
      '',
    )
    .replace(/\s*[:：]\s*$/, '')
    .trim();
}

export interface NamedItem {
  /** As its author writes it: `REQ-12`, `req~login~2`, `FR 3.1`. */
  readonly id: string;
  /** What stands beside it; empty when nothing does. */
  readonly title: string;
}

const specification = /`?\b([a-z]{2,20}~[\p{L}\p{N}][\p{L}\p{N}_.\-/]{0,100}~\d{1,6})\b`?/u;
const prefixes =
  'REQ|REQUIREMENT|FR|NFR|FREQ|NFREQ|SR|SRS|SYS|SW|SWR|SWRS|SYSR|HLR|LLR|UR|URS|BR|BRQ|CR|SEC|SAF|PERF|US|STORY|UC|AC|TC|TS|RQ|R|F|NF|A|ANF|EX|EXG|CON|CONSTR|GR|SPEC|FEAT|FEATURE|EPIC|DR|IR|RS|PR|QR|ADR';
/** `REQ-1: …`, `[FR-2] …`, `US 3 - …`, `Requirement 12 [REQ-12] : …`, `NFR-SEC-004 …`, `R1. …`. */
const leadingId = new RegExp(
  `^\\s*(?:(?:[Rr]equirement|[Aa]nforderung|[Ee]xigence|[Uu]ser [Ss]tory|[Ss]tory|[Uu]se [Cc]ase|[Ff]eature|[Cc]riterion)\\s+(?:no\\.?\\s*)?\\d+(?:\\.\\d+)*\\s*)?[[(<{]?\\s*((?:${prefixes})(?:[-_ .]?[A-Z]{1,12}[-_.])?[-_ .]?\\d{1,5}(?:[.-]\\d{1,4}){0,4}[a-z]?|[A-Z][A-Z0-9]{1,11}(?:[-_][A-Z0-9]{1,12}){0,3}[-_]\\d{1,6}(?:[.-]\\d{1,4}){0,3}[a-z]?)\\s*[\\])>}]?(?=\\s|[:.,–—-]|$)\\s*[:.,–—-]?\\s*`,
);
const numbered =
  /^\s*((?:requirement|anforderung|exigence|user story|story|use case|criterion)\s+(?:no\.?\s*)?\d+(?:\.\d+)*)\s*(?:[:.–—-]\s*|$)/i;

/** The item that a heading, a list item or a sentence begins with the name of. */
export function namedItem(text: string): NamedItem | null {
  const plain = text.replace(/^[\s*_]+/, '');
  const oft = specification.exec(plain);
  if (oft !== null && oft.index < 5) {
    return {
      id: oft[1] ?? '',
      title: plain
        .slice(oft.index + oft[0].length)
        .replace(/^[\s:*_–—-]+/, '')
        .trim(),
    };
  }
  const found = leadingId.exec(plain) ?? numbered.exec(plain);
  if (found === null) return null;
  const title = plain
    .slice(found[0].length)
    .replace(/^[*_\s:]+/, '')
    .trim();
  return { id: (found[1] ?? '').replace(/\s+/g, ' ').trim(), title };
}

/** `req~login~2` alone on its line, as OpenFastTrace has it. */
export function specificationId(text: string): string | null {
  const found = specification.exec(text);
  return found !== null && text.replace(found[0], '').trim() === '' ? (found[1] ?? null) : null;
}

/** What an item's prefix says of its kind. */
export function kindOfId(id: string): ProseType | null {
  if (/^(?:AC|TC|TS)\b|^(?:AC|TC|TS)[-_ .]?\d|^(?:scn|utest|itest|stest|atest)~/i.test(id))
    return 'acceptance_criteria';
  if (/^(?:CON|CONSTR|NFR|NFREQ|NF)[-_ .]?/i.test(id) && !/^CONF/i.test(id)) return 'constraint';
  if (/^constr~/i.test(id)) return 'constraint';
  return null;
}
