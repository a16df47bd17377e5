/** HTTP headers on their way in: what carries a secret is dropped, and what is left is short. */

/** Headers whose values let their holder in somewhere, by name; the database refuses the worst of them as well. */
const secretNames = /auth|cookie|token|key|secret|passw|session|csrf|xsrf|credential|signature|bearer|jwt/i;
/** Values that are secrets under whatever name: bearer and basic credentials, JSON Web Tokens. */
const secretValues = /\b(bearer|basic)\s+[\w+/=.-]{8,}|\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/i;
/** Named like a secret, and none: how a server asks for credentials. */
const plainNames: ReadonlySet<string> = new Set(['www-authenticate', 'proxy-authenticate']);

const headerName = /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const maxHeaders = 60;
const maxValueLength = 1_000;

/** Names in lower case, values as one text, sorted by name. Anything that is not a header is dropped too. */
export function sanitizeHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const kept = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), toText(value)] as const)
    .filter((entry): entry is readonly [string, string] => entry[1] !== null && isHarmless(entry[0], entry[1]))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, maxHeaders);
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutSecrets(name, value).slice(0, maxValueLength)]));
}

function toText(value: unknown): string | null {
  if (typeof value === 'string') return value.replaceAll('\0', '');
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return toText(value.join(', '));
  return null;
}

function isHarmless(name: string, value: string): boolean {
  if (!headerName.test(name)) return false;
  return (plainNames.has(name) || !secretNames.test(name)) && !secretValues.test(value);
}

const references: ReadonlySet<string> = new Set(['content-location', 'link', 'location', 'refresh']);

/** Where a redirect leads is a fact; the query it leads there with may be a session, and a `data:` URL is a page. */
function withoutSecrets(name: string, value: string): string {
  if (!references.has(name)) return value;
  return value
    .replace(/\/\/[^/@\s]*@/g, '//')
    .replace(/[?#][^\s,;>]*/g, '')
    .replace(/\b(data|javascript|blob):.*/is, '$1:');
}
