/** Where a request came from, as callers without a token are told apart by it. */
import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';

/** A host has a whole network of 64 bits to choose its IPv6 addresses from. */
const hostBits = 64;

/** The address of the other end; undefined once the connection has ended. */
export function callerAddressOf(request: IncomingMessage): string | undefined {
  const address = request.socket.remoteAddress;
  if (address === undefined || !ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${hostBits}`).toString();
}
