/** Where a request came from, as callers without a token are told apart by it. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

/** A host has a whole network of 64 bits to choose its IPv6 addresses from. */
const hostBits = 64;

/** A connection has many requests. */
const known = new WeakMap<Socket, string>();

/** The address of the other end; undefined when the connection had ended before anybody asked. */
export function callerAddressOf({ socket }: IncomingMessage): string | undefined {
  const before = known.get(socket);
  if (before !== undefined) return before;
  const address = read(socket.remoteAddress);
  if (address !== undefined) known.set(socket, address);
  return address;
}

function read(address: string | undefined): string | undefined {
  if (address === undefined || !ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${hostBits}`).toString();
}
