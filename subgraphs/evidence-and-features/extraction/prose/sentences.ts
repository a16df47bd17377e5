/** A text cut into its sentences, each with the offset at which it begins. */
import { findNorm } from './norms.js';

export interface Sentence {
  readonly text: string;
  readonly start: number;
}

/** After these a full stop ends no sentence; in English, German and French. */
const abbreviations = new Set(
  'e.g i.e etc cf vs approx resp fig figs sec no nos nr art abs ca max min incl excl bzw d.h z.b u.a ggf evtl inkl usw vgl s.o s.u p.ex env p pp ed dr mr mrs ms st inc ltd al ch vol rev ver'.split(
    ' ',
  ),
);

/** In order; what is only white space is none. Clauses that a semicolon parts are sentences when each asks for something itself. */
export function splitSentences(text: string): Sentence[] {
  return cutAt(text, endsOf(text)).flatMap((sentence) => splitClauses(sentence));
}

function endsOf(text: string): number[] {
  const ends: number[] = [];
  // A line that begins with a bullet, a step or a label of its own is not the rest of the sentence before.
  const boundary =
    /[.!?。！？]["'”’)\]*_]{0,3}(?=\s|$)|\n(?=[ \t]{0,20}(?:[•◦▪–—*]\s|(?:given|when|then|angenommen|wenn|dann|etant|étant|quand|alors)\b|\p{Lu}[\p{L} ]{1,30}:\s))/giu;
  for (const match of text.matchAll(boundary)) {
    const end = match.index + match[0].length;
    if (match[0].startsWith('.') && !isFullStop(text, match.index, end)) continue;
    ends.push(end);
  }
  return ends;
}

function isFullStop(text: string, at: number, end: number): boolean {
  const [word = ''] = /[^\s("'`[]*$/.exec(text.slice(Math.max(0, at - 30), at)) ?? [];
  if (abbreviations.has(word.toLowerCase())) return false;
  // `1.` and initials are no words; neither is a sentence followed by a small letter.
  if (/^(\d{1,3}|[A-Z])$/.test(word) && /^\s+\S/.test(text.slice(end, end + 3)) && at - word.length < 2) return false;
  return !/^\s+\p{Ll}/u.test(text.slice(end, end + 20)) || word === '';
}

function splitClauses({ text, start }: Sentence): Sentence[] {
  const clauses = cutAt(
    text,
    [...text.matchAll(/;\s/g)].map(({ index }) => index + 1),
  );
  const areAll = clauses.length > 1 && clauses.every((clause) => findNorm(clause.text) !== null);
  if (!areAll) return [{ text, start }];
  return clauses.map((clause) => ({ text: clause.text.replace(/;$/, ''), start: start + clause.start }));
}

function cutAt(text: string, ends: readonly number[]): Sentence[] {
  const sentences: Sentence[] = [];
  let from = 0;
  for (const end of [...ends, text.length]) {
    const piece = text.slice(from, end);
    const trimmed = piece.trim();
    if (trimmed !== '') sentences.push({ text: trimmed, start: from + piece.length - piece.trimStart().length });
    from = end;
  }
  return sentences;
}
