/** What a caller typed → full-text queries, by PostgreSQL's own reading of search boxes. */
import { sql, type SqlStatement } from '../db/index.js';
import { badInput } from '../errors/index.js';

/** Longer texts are documents, and each word is a look-up of its own. */
const maxLength = 2_000;
const maxWords = 64;
/** Leaving each of more words out in turn would make a query of hundreds; all of so many are rarely in one text anyway. */
const mostLeftOut = 12;

const token = /-?"[^"]*"?|\S+/g;
/** Words that the index does not have. Only counted by: what is missing here costs a little precision. */
const stopWords = new Set(
  'a an and are as at be by can do does for from has have how i if in is it its my no not of on or that the this to was we what when where which who why will with you'.split(
    ' ',
  ),
);

export interface TextQuery {
  /** What must be met to be found. */
  readonly match: SqlStatement;
  /** What ranks, and what snippets show: every word and phrase. */
  readonly rank: SqlStatement;
}

/**
 * Words are alternatives (`any`), so that a question in a sentence finds what answers a part of it; or all of them but one
 * must be there (`most`), where what is found beside counts too. `"a phrase"` must stand as it is, and `-word` must not.
 * Throws BAD_USER_INPUT for a text without a word, or too long.
 */
export function textQuery(text: string, need: 'any' | 'most'): TextQuery {
  if (text.length > maxLength)
    throw badInput(`A search text may have ${maxLength} characters, this has ${text.length}.`);
  if (text.includes('\0')) throw badInput('Text may not contain the character U+0000.');
  const tokens = (text.match(token) ?? []).slice(0, maxWords);
  const excluded = tokens
    .filter(isExcluded)
    .map((word) => splitWords(word.slice(1)))
    .filter(isPresent);
  const wanted = tokens
    .filter((word) => !isExcluded(word) && word.toLowerCase() !== 'or')
    .map(splitWords)
    .filter(isPresent);
  if (wanted.length === 0) throw badInput('Give at least one word to search for.');
  const phrases = wanted.filter((word) => word.startsWith('"'));
  const required = phrases.length > 0 ? phrases.join(' ') : need === 'any' ? wanted.join(' or ') : allButOne(wanted);
  const match = toQuery(required);
  return {
    match: excluded.length === 0 ? match : sql`(${match} && !!${toQuery(excluded.join(' or '))})`,
    rank: toQuery(wanted.join(' or ')),
  };
}

/** Alternatives bind less than words beside each other do: `a b or a c or b c`. */
function allButOne(words: readonly string[]): string {
  const telling = words.filter((word) => !stopWords.has(word.toLowerCase()));
  if (telling.length <= 2 || telling.length > mostLeftOut) return words.join(' ');
  return telling.map((left) => telling.filter((word) => word !== left).join(' ')).join(' or ');
}

function isExcluded(word: string): boolean {
  return /^-./.test(word);
}

/** A quoted or a bare one that has anything to look up. */
function isPresent(word: string): boolean {
  return /[^"\s]/.test(word);
}

/** As `platform.split_words` has split what is indexed: `siteId` and `/site-id` are the words site and id. Quotes stay around. */
function splitWords(word: string): string {
  const bare = word
    .replaceAll('"', ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2');
  const split = bare.replace(/[!-/:-@[-`{-~]/g, ' ').trim();
  return word.startsWith('"') ? `"${split}"` : split;
}

function toQuery(text: string): SqlStatement {
  return sql`websearch_to_tsquery('english', ${text}::text)`;
}
