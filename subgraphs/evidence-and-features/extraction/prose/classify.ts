/** Whether a text states something, what kind of statement it is, and by what that was told. */
import { findNorm, isBound, isFailure, isMeasuredBound, isScenario, isStory, type Level, type Norm } from './norms.js';
import { kindOfId, type ProseType, type SectionKind } from './sections.js';

export interface Situation {
  /** What the innermost heading, label or column announces that announces anything. */
  readonly kind: SectionKind | null;
  /** Its words. */
  readonly kindName: string;
  /** Id of the item that the text belongs to. */
  readonly itemId: string | null;
  /** A sentence among others, an item of a list, or a row of a table. */
  readonly from: 'sentence' | 'item' | 'row';
  /** Whether the section marks what it asks for by normative words, lists or tables: then its other sentences explain. */
  readonly isMarked: boolean;
  /** Whether the document says that only words in capitals are norms. */
  readonly onlyCapitals: boolean;
}

export type Decision =
  | { readonly type: ProseType; readonly reason: string; readonly level: Level | null }
  | { readonly type: null; readonly reason: string };

const no = (reason: string): Decision => ({ type: null, reason });

export function classify(text: string, situation: Situation): Decision {
  const { kind, kindName, itemId, from, isMarked, onlyCapitals } = situation;
  const empty = emptyReason(text);
  if (empty !== null) return no(empty);
  if (kind !== 'silent' && isStory(text)) return { type: 'requirement', reason: 'a user story', level: null };
  if (kind !== 'silent' && isScenario(text)) {
    return { type: 'acceptance_criteria', reason: 'given, when and then', level: null };
  }
  if (kind === 'silent') return no(`“${kindName}” holds nothing that the document asks for`);
  const norm = findNorm(text, onlyCapitals);
  if (kind === 'informative') {
    if (norm !== null && isStrong(norm)) return byWords(text, norm, itemId);
    return no(`“${kindName}” explains`);
  }
  if (kind === 'decision') return decide(text, norm, isMarked, kindName);
  if (kind !== null) {
    const type = (itemId === null ? null : kindOfId(itemId)) ?? kind;
    if (norm !== null) return { type, reason: `“${norm.word}” under “${kindName}”`, level: norm.level };
    if (from !== 'sentence')
      return { type, reason: `${from === 'item' ? 'an item' : 'a row'} under “${kindName}”`, level: null };
    if (isMarked) return no(`explains what else stands under “${kindName}”`);
    if (isIntroduction(text)) return no('introduces what follows');
    return { type, reason: `a sentence under “${kindName}”`, level: null };
  }
  if (norm !== null) {
    const isAdvice = norm.level.startsWith('should') && !norm.isCapital && itemId === null && !hasThing(text);
    return isAdvice ? no('advises, and asks for nothing of the thing described') : byWords(text, norm, itemId);
  }
  if (from !== 'sentence' && isMeasuredBound(text))
    return { type: 'constraint', reason: 'a bound with its number', level: null };
  return no(/\?\s*$/.test(text) ? 'a question' : 'asks for nothing');
}

/** Lower-case "must" is said in any explanation; "shall", and capitals, only by those who mean it. */
function isStrong({ word, isCapital }: Norm): boolean {
  return isCapital || /\bshall\b/i.test(word);
}

function byWords(text: string, norm: Norm, itemId: string | null): Decision {
  return { type: typeOf(text, norm, itemId), reason: `“${norm.word}”`, level: norm.level };
}

function typeOf(text: string, { level }: Norm, itemId: string | null): ProseType {
  const byId = itemId === null ? null : kindOfId(itemId);
  if (byId !== null) return byId;
  if (/\b(?:edge|corner) case\b/i.test(text)) return 'edge_case';
  if (level === 'must not' || level === 'should not' || isBound(text)) return 'constraint';
  return isFailure(text) ? 'edge_case' : 'requirement';
}

const deciding =
  /\b(?:we (?:will|shall|use|are going to|have decided|decided|choose|chose|adopt)|chosen option|it (?:is|was) decided|wir (?:verwenden|nutzen|werden|entscheiden)|nous (?:utilisons|utiliserons|adoptons|avons décidé))\b/i;

/** What was decided binds whoever builds the thing. */
function decide(text: string, norm: Norm | null, isMarked: boolean, kindName: string): Decision {
  const word = norm?.word ?? deciding.exec(text)?.[0];
  if (word !== undefined) return { type: 'constraint', reason: `“${word}” in a decision`, level: norm?.level ?? null };
  if (isMarked) return no('explains the decision');
  return isIntroduction(text)
    ? no('introduces what follows')
    : { type: 'constraint', reason: `a sentence under “${kindName}”`, level: null };
}

/** Whether a sentence marks what it asks for or decides. */
export function marks(text: string, kind: SectionKind | null, onlyCapitals: boolean): boolean {
  return findNorm(text, onlyCapitals) !== null || (kind === 'decision' && deciding.test(text));
}

/** A sentence about the thing, and not about its reader. */
function hasThing(text: string): boolean {
  return /^(?:[^,.]{0,60}, )?(?:the|an?|each|every|all|any|no|der|die|das|ein|eine|alle|jede\p{L}?|le|la|les|l['’]|un|une|chaque|tous)\s?(?!reader|leser|lecteur)\p{L}/iu.test(
    text,
  );
}

export function isIntroduction(text: string): boolean {
  return (
    /[:：]\s*$/.test(text) ||
    /\?\s*$/.test(text) ||
    /^(?:this|the following|these|the present|dieses?|die folgenden|cette|ce|les (?:exigences )?suivante?s?)\s+(?:section|chapter|document|part|table|list|page|requirements?|constraints?|criteria|rules|items|points|abschnitt|kapitel|dokument|partie|chapitre)/i.test(
      text,
    ) ||
    /^(?:see|refer to|siehe|voir|cf\.?|note that|for example|e\.g\.|z\. ?b\.|par exemple|below|here|in this)\b/i.test(
      text,
    )
  );
}

/** Why a text can be no statement whatever it stands under; null when it can. */
export function emptyReason(text: string): string | null {
  const plain = text.replace(/[*_`]+/g, '').trim();
  if (!/\p{L}{2}/u.test(plain)) return 'has no words';
  if (/^~~[^]*~~$/.test(plain)) return 'struck out by its author';
  if (
    /^[[(]?(?:tbd|tbc|todo|fixme|n\/?a|none|keine?|aucune?|to be (?:defined|determined|done|written)|wip|draft|placeholder|lorem ipsum|\.\.\.|…)\b[^\p{L}]*.{0,40}$/iu.test(
      plain,
    )
  ) {
    return 'left open by its author';
  }
  if (/^(?:<?https?:\/\/\S+>?|(?:see|siehe|voir|cf\.?)(?: also)?:? \S+(?: \S+){0,5})$/i.test(plain))
    return 'points elsewhere';
  if (
    /^[^\p{L}]*(?:\[?(?:deleted|withdrawn|obsolete|removed|deprecated|rejected|entfallen|gestrichen|supprimée?)\b\]?)[^\p{L}]*$/iu.test(
      plain,
    )
  ) {
    return 'withdrawn by its author';
  }
  return null;
}
