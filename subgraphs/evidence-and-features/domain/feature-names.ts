/** What to call a group that nothing names: by what its facts share, or by what its story wants. */
import { beginningOf } from './extracted-evidence.js';
import { isGenericName } from './generic-names.js';
import { toWords } from './words.js';

/** Words of a name, at most. */
const longestPhrase = 3;

/** Null when the texts share nothing that names them. */
function nameFromStory(text: string): string | null {
  const [, want] =
    /\bI(?:['’]d like| would like| want| need| wish|['’]d love| can)(?: to)? ([^]+?)(?:[,.;]|\s+so that\b|\s+in order to\b|$)/i.exec(
      text.replace(/\s+/g, ' '),
    ) ??
    /(?:möchte|will|brauche) ich ([^]+?)(?:[,.;]|$)|je (?:veux|souhaite|voudrais) ([^]+?)(?:[,.;]|\s+afin\b|$)/iu.exec(
      text,
    ) ??
    [];
  const words = want?.trim().split(' ').slice(0, 10).join(' ') ?? '';
  return words === '' || isGenericName(words) ? null : capitalised(words);
}

/** The longest run of words that most texts share, as it is written first. */
function sharedPhrase(texts: readonly string[]): string | null {
  const counts = new Map<string, { readonly written: string; texts: number; readonly words: number }>();
  for (const text of texts) {
    const seen = new Set<string>();
    const tokens = text.slice(0, 2_000).match(/[\p{L}\p{N}'’-]+/gu) ?? [];
    for (let length = 1; length <= longestPhrase; length += 1) {
      for (let at = 0; at + length <= tokens.length; at += 1) {
        const phrase = tokens.slice(at, at + length);
        // A phrase begins and ends with a word that says something.
        if (toWords(phrase[0] ?? '').length === 0 || toWords(phrase.at(-1) ?? '').length === 0) continue;
        const written = phrase.join(' ');
        const key = toWords(written).join(' ');
        if (key === '' || seen.has(key) || isGenericName(written) || key.length < 3) continue;
        seen.add(key);
        const known = counts.get(key);
        if (known === undefined) counts.set(key, { written, texts: 1, words: length });
        else known.texts += 1;
      }
    }
  }
  const least = Math.max(2, Math.ceil(texts.length / 2));
  const [best] = [...counts.values()]
    .filter((phrase) => phrase.texts >= least)
    .toSorted((a, b) => b.texts * Math.sqrt(b.words) - a.texts * Math.sqrt(a.words) || b.words - a.words);
  return best === undefined ? null : capitalised(best.written);
}

export function nameOfTexts(texts: readonly string[]): string {
  const [first = ''] = texts;
  return (
    texts.map(nameFromStory).find((name) => name !== null) ??
    sharedPhrase(texts) ??
    beginningOf(first.split('\n', 1)[0] ?? '', 120)
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
