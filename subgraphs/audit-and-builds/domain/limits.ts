/** What texts and numbers of the input may be. */
import { userError } from '../../kernel/errors/index.js';

/** Throws VALIDATION unless `text` has `min` to `max` characters, and no control characters beside tab and line ends. */
export function assertText(
  field: string | readonly string[],
  text: string,
  { min = 1, max }: { min?: number; max: number },
): void {
  if (text.length > max || text.trim().length < min) {
    throw userError(
      'VALIDATION',
      field,
      min === 0 ? `Expected at most ${max} characters.` : `Expected ${min} to ${max} characters.`,
    );
  }
  // eslint-disable-next-line no-control-regex -- NUL can't be stored, and the others have no business in a text
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) {
    throw userError('VALIDATION', field, 'Control characters are not allowed.');
  }
}

/** Throws VALIDATION unless `value` is a whole number from `min` to `max`. */
export function assertRange(field: string, value: number, { min, max }: { min: number; max: number }): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw userError('VALIDATION', field, `Expected ${min} to ${max}.`);
}

const namePattern = /^[a-z0-9][a-z0-9._-]{0,99}\/[a-z0-9._-]{1,100}$/i;

/** Throws VALIDATION unless it is of the form `owner/name`. */
export function assertFullName(field: string, fullName: string): void {
  if (namePattern.test(fullName) && !/\/\.+$/.test(fullName)) return;
  throw userError('VALIDATION', field, 'Expected owner/name: letters, digits, dots, dashes and underscores.');
}

/** Throws VALIDATION unless it is a git remote that can be fetched without a question: a password in it would be read by everybody. */
export function assertRemoteUrl(field: string, url: string): void {
  assertText(field, url, { max: 2_000 });
  const isScp = /^[A-Za-z0-9_][\w.-]*@[A-Za-z0-9][A-Za-z0-9.-]*:(?!\/\/)[^\s-]\S*$/.test(url);
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const isUrl =
    parsed !== null &&
    ['https:', 'http:', 'ssh:', 'file:'].includes(parsed.protocol) &&
    parsed.password === '' &&
    (parsed.protocol === 'ssh:' || parsed.username === '') &&
    (parsed.protocol === 'file:' ? parsed.hostname === '' : !parsed.hostname.startsWith('-'));
  if (isScp || isUrl) return;
  throw userError('VALIDATION', field, 'Expected a git remote over https, http, ssh or file, without a password.');
}
