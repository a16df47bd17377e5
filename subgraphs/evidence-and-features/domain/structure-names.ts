/** Names that structure gives: compared without their spelling, and shown in their author's. */
import { beginningOf } from './extracted-evidence.js';

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

/** Identifiers become words; what a person has written stays as it is: `iOS devices`, `GitHub Apps`, `OAuth2`, `eSIM`. */
export function titleOf(text: string): string {
  const trimmed = text.trim();
  const isIdentifier = /^\p{Ll}[\p{L}\p{N}]*$/u.test(trimmed) || /^[\p{L}\p{N}]+(?:[_-][\p{L}\p{N}]+)+$/u.test(trimmed);
  if (!isIdentifier) return capitalised(trimmed);
  // Two small letters before the capital: `userAccounts` is two words, and `eSIM` and `iOS` are one.
  const isCamel = /^\p{Ll}{2,}(?:\p{Lu}\p{Ll}+)+$/u.test(trimmed);
  const spaced = (isCamel ? trimmed.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2') : trimmed).replace(/[_-]+/g, ' ');
  return capitalised(spaced);
}

/** `iOS` and `eSIM` begin small on purpose. */
function capitalised(text: string): string {
  const isWord = /^\p{Ll}{2,}(?!\p{L}*\p{Lu})/u.test(text);
  return beginningOf(isWord ? text.charAt(0).toUpperCase() + text.slice(1) : text, 200);
}

/** Texts that name something: a tag of signs alone would put everything that has one into one group without a name. */
export function namesIn(value: unknown): string[] {
  return textsIn(value).filter((text) => slugOf(text) !== '');
}

export function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string' && each !== '') : [];
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
