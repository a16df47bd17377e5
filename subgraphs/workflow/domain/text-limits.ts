/** What texts and JSON of the input may be. */
import { userError } from '../../kernel/errors/index.js';
import { boundsProblem } from './json-bounds.js';

/** Throws VALIDATION unless `text` has `min` to `max` characters, and no control characters beside tab and line ends. */
export function assertText(field: string, text: string, { min = 1, max }: { min?: number; max: number }): void {
  if (text.length > max || text.trim().length < min) {
    const expected = min === 0 ? `at most ${max}` : `${min} to ${max}`;
    throw userError('VALIDATION', field, `Expected ${expected} characters.`);
  }
  // eslint-disable-next-line no-control-regex -- NUL can't be stored, and the others have no business in a text
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) {
    throw userError('VALIDATION', field, 'Control characters are not allowed.');
  }
}

/** Throws VALIDATION unless it can name versions: `name@version` must be read in one way only. */
export function assertName(field: string, name: string): void {
  assertText(field, name, { max: 200 });
  if (name !== name.trim() || name.includes('@'))
    throw userError('VALIDATION', field, 'Expected a name without @, and without white space around it.');
}

/** Throws VALIDATION unless `value` is of bounded depth and of at most `max` characters as JSON. */
export function assertJson(field: string, value: unknown, max: number): void {
  const problem = boundsProblem(value, max);
  if (problem !== null) throw userError('VALIDATION', field, `It ${problem}`);
}
