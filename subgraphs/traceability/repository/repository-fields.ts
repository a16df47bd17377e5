/** What the values of a repository may be. */

export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
  /** Lower case: the key in the graph. */
  readonly fullName: string;
}

/** Groups inside groups belong to the owner. What a URL has to escape stays escaped: two names are never one. */
const namePattern =
  /^([A-Za-z0-9~](?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2}){0,99}(?:\/[A-Za-z0-9~_](?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2}){0,99}){0,19})\/((?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2}){1,100})$/;
const longestName = 400;

/** Splits `owner/name`; null when it is not of that form. */
export function checkFullName(text: string): RepositoryName | null {
  const [, owner, repo] = text.length > longestName ? [] : (namePattern.exec(text) ?? []);
  if (owner === undefined || repo === undefined || /^\.+$/.test(repo)) return null;
  return { owner, repo, fullName: text.toLowerCase() };
}

const urlPattern = /^(?:https?|ssh|git|file):\/\/[^\s\p{Cc}]{1,490}$|^[\w.-]{1,100}@[\w.-]{1,200}:[^\s\p{Cc}]{1,190}$/u;

/** A form that Git clones from. Credentials in it would be shown to every reader. */
export function checkGitUrl(text: string): boolean {
  return urlPattern.test(text) && text.length <= 500 && !/^https?:\/\/[^/]*@/.test(text);
}

/** What is wrong with a name or branch, null when nothing is. */
export function checkShortText(text: string): string | null {
  if (text.trim() === '' || text.length > 200) return 'Expected 1 to 200 characters.';
  return /[\p{Cc}\p{Surrogate}]/u.test(text) ? 'Control characters are not allowed.' : null;
}
