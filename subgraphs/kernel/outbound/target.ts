/** Whether a URL may be asked: by its text, and by every address that its host has right now. */
import { isIPv4 } from 'node:net';
import { areAllPublic, checkPublicUrl, type PublicUrl } from '../urls/index.js';
import type { Resolve } from './resolver.js';

export interface TargetDoors {
  readonly ports: readonly number[];
  readonly resolve: Resolve;
}

export type Target =
  | {
      readonly isAllowed: true;
      readonly url: PublicUrl;
      /** Public ones, IPv4 first: what to connect to, without asking for the name again. */
      readonly addresses: readonly string[];
    }
  | { readonly isAllowed: false; readonly reason: string };

/** The same words for every cause: what a name means inside of this network is nobody's business. */
const unreachable = { isAllowed: false, reason: 'The host does not resolve to public addresses only.' } as const;

export async function checkTarget(text: string, { ports, resolve }: TargetDoors): Promise<Target> {
  const verdict = checkPublicUrl(text, ports);
  if (!verdict.isAllowed) return verdict;
  const { url } = verdict;
  if (url.isAddress) return { isAllowed: true, url, addresses: [url.host] };
  const addresses = await resolve(url.host).catch(() => []);
  if (!areAllPublic(addresses)) return unreachable;
  return { isAllowed: true, url, addresses: [...addresses].sort((a, b) => Number(isIPv4(b)) - Number(isIPv4(a))) };
}
