/** Names become ids and commit hashes that are the same on every machine. */
import { createHash } from 'node:crypto';

/** A UUID (version 8) that is always the same for the same name. */
export function idOf(name: string): string {
  const hash = createHash('sha256').update(`weft demo: ${name}`).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** 40 hex digits, as Git names a commit. */
export function commitShaOf(name: string): string {
  return sha256(`commit ${name}`).slice(0, 40);
}

/** 0 ≤ n < `below`, always the same for the same name: small differences that nobody has to write down. */
export function pick(name: string, below: number): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % below;
}
