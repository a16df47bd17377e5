/** Names that mean something inside a network only, or are written so that they hide what they mean. */
import { toUnicode } from 'punycode/punycode.es6.js';

/** Last labels that no public resolver should answer (RFC 2606, 6761, 6762, 7686, 8375, ICANN's name collision list). */
const localSuffixes: readonly string[] = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'intranet',
  'private',
  'corp',
  'home',
  'lan',
  'home.arpa',
  'in-addr.arpa',
  'ip6.arpa',
  'onion',
];

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** What is wrong with a host name in its ASCII form, or null. */
export function checkHostName(host: string): string | null {
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  const labels = name.split('.');
  if (name.length > 253 || !labels.every((part) => label.test(part))) return 'The host name is malformed.';
  if (labels.length < 2) return 'The host must be a full domain name.';
  if (localSuffixes.some((suffix) => name === suffix || name.endsWith(`.${suffix}`))) {
    return 'The host name belongs to a local network.';
  }
  return null;
}

/** The name as people see it: `xn--bcher-kva.de` → `bücher.de`; as it stands when it encodes nothing. */
export function toDisplayName(host: string): string {
  try {
    return toUnicode(host);
  } catch {
    return host;
  }
}

/** True when the text as written says the same name as its ASCII form: nothing invisible, no look-alike dot or digit in it. */
export function isPlainlyWritten(written: string, host: string): boolean {
  const plain = written.toLowerCase();
  return plain === host || plain.normalize('NFC') === toDisplayName(host);
}
