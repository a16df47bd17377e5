/** What a caller typed → a full-text query, by PostgreSQL's own reading of search boxes. */
import { sql, type SqlStatement } from '../db/index.js';
import { badInput } from '../errors/index.js';

/** Longer texts are documents, and each word is a look-up of its own. */
const maxLength = 2_000;
const maxWords = 64;

const token = /-?"[^"]*"?|\S+/g;

/**
 * Words are alternatives, so that a question in a sentence finds what answers most of it; `"a phrase"` is found as it
 * stands, and `-word` must not be there. Throws BAD_USER_INPUT for a text without a word, or too long.
 */
export function textQuery(text: string): SqlStatement {
  if (text.length > maxLength)
    throw badInput(`A search text may have ${maxLength} characters, this has ${text.length}.`);
  if (text.includes('\0')) throw badInput('Text may not contain the character U+0000.');
  const tokens = (text.match(token) ?? []).slice(0, maxWords);
  const excluded = tokens.filter((word) => /^-./.test(word)).map((word) => word.slice(1));
  const wanted = tokens.filter((word) => !/^-./.test(word) && word.toLowerCase() !== 'or');
  if (wanted.length === 0) throw badInput('Give at least one word to search for.');
  const any = sql`websearch_to_tsquery('english', ${wanted.join(' or ')}::text)`;
  if (excluded.length === 0) return any;
  return sql`(${any} && !!websearch_to_tsquery('english', ${excluded.join(' or ')}::text))`;
}
