/** Which network addresses are the public internet's: the only ones that a request of ours may reach. */
import ipaddr from 'ipaddr.js';

export type AddressVerdict = { readonly isPublic: true } | { readonly isPublic: false; readonly range: string };

/**
 * All that the public IPv6 internet is allocated from. Everything that carries an IPv4 address inside (mapped, compatible,
 * NAT64, Teredo, 6to4) is outside of it or a special range within: such an address leads wherever the embedded one does.
 */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** `interface id` of ISATAP (RFC 5214): an IPv4 address behind a tunnel. */
const isatapGroups: ReadonlySet<number> = new Set([0x0000, 0x0200]);

/** Judges one address in the notation that resolvers answer. Anything that is none is not public. */
export function checkAddress(text: string): AddressVerdict {
  if (!ipaddr.isValid(text)) return { isPublic: false, range: 'not an address' };
  const address = ipaddr.parse(text);
  const range = address.range();
  if (range !== 'unicast') return { isPublic: false, range };
  if (!(address instanceof ipaddr.IPv6)) return { isPublic: true };
  if (address.zoneId !== undefined) return { isPublic: false, range: 'scoped' };
  if (!address.match(globalUnicast)) return { isPublic: false, range: 'outside of global unicast' };
  const [, , , , group = 0, marker] = address.parts;
  if (isatapGroups.has(group) && marker === 0x5efe) return { isPublic: false, range: 'isatap' };
  return { isPublic: true };
}

/** True when there is an address and all of them are public: one private answer among public ones is an attack. */
export function areAllPublic(addresses: readonly string[]): boolean {
  return addresses.length > 0 && addresses.every((address) => checkAddress(address).isPublic);
}
