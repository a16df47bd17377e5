/** Which URLs may be asked of the public internet, by their text alone; where their names lead is checked when they are resolved. */
import ipaddr from 'ipaddr.js';
import { checkAddress } from './addresses.js';
import { checkHostName, isPlainlyWritten } from './host-names.js';
import { parseUrl } from './parse-url.js';

export const maxUrlLength = 2_048;

export interface PublicUrl {
  /** Normalised, without fragment: what is fetched, stored and logged. */
  readonly href: string;
  readonly protocol: 'http:' | 'https:';
  /** ASCII form; an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
  /** True when the host is an address, so that there is no name to resolve. */
  readonly isAddress: boolean;
}

export type PublicUrlVerdict =
  { readonly isAllowed: true; readonly url: PublicUrl } | { readonly isAllowed: false; readonly reason: string };

const defaultPorts = { 'http:': 80, 'https:': 443 } as const;

/** Scheme and authority, spelled out: no browser's leniency with slashes and backslashes. */
const shape = /^(https?):\/\/([^/?#]+)(?:[/?#]|$)/i;
const authority = /^(\[[^\]]*\]|[^:[\]]+)(?::(\d{1,5}))?$/;
// eslint-disable-next-line no-control-regex -- URL parsers drop some control characters, so that a text can hide what it means
const hidden = /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3000\ufeff\\]/;

const refuse = (reason: string): PublicUrlVerdict => ({ isAllowed: false, reason });

/** Reads a URL as strictly as it can be written. `ports` are those that may be visited. */
export function checkPublicUrl(text: string, ports: readonly number[]): PublicUrlVerdict {
  if (text.length > maxUrlLength) return refuse(`A URL may have ${maxUrlLength} characters.`);
  if (hidden.test(text)) return refuse('The URL contains spaces, backslashes or invisible characters.');
  const authorityText = shape.exec(text)?.[2];
  if (authorityText === undefined) return refuse('Only absolute http and https URLs are allowed.');
  if (authorityText.includes('@')) return refuse('The URL contains credentials.');
  const [, hostText] = authority.exec(authorityText) ?? [];
  const parsed = parseUrl(text);
  if (hostText === undefined || parsed === null) return refuse('The URL is malformed.');
  return checkHost(hostText, parsed, ports);
}

function checkHost(hostText: string, parsed: URL, ports: readonly number[]): PublicUrlVerdict {
  const protocol = parsed.protocol === 'https:' ? 'https:' : 'http:';
  const port = parsed.port === '' ? defaultPorts[protocol] : Number(parsed.port);
  if (!ports.includes(port)) return refuse(`Port ${port} is not allowed.`);
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const isAddress = ipaddr.isValid(host);
  if (isAddress) {
    // 2130706433, 0x7f.1, 0177.0.0.1, full-width digits: all parse to an address that the text does not show.
    if (ipaddr.IPv4.isValid(host) && hostText !== host) return refuse('The address is not in dotted decimal notation.');
    if (!checkAddress(host).isPublic) return refuse('The address is not public.');
  } else {
    if (!isPlainlyWritten(hostText, parsed.hostname)) return refuse('The host name is not plainly written.');
    const fault = checkHostName(parsed.hostname);
    if (fault !== null) return refuse(fault);
  }
  parsed.hash = '';
  return { isAllowed: true, url: { href: parsed.href, protocol, host, port, isAddress } };
}
