import { Buffer } from 'node:buffer';
import type { JsonObject } from './artifact-types.js';
import { checkStorable } from './json-values.js';

/** One signature of a JWS: what `jose` verifies together with the payload. */
export interface JwsSignature {
  readonly protected: string | undefined;
  readonly header: Readonly<Record<string, unknown>> | undefined;
  readonly signature: string;
}

/** Any serialisation of a JWS, taken apart. Nothing in it is trusted yet. */
export interface JwsShape {
  /** base64url, as signed. */
  readonly payload: string;
  readonly signatures: readonly JwsSignature[];
}

/** More signatures than any review needs; each costs a verification. */
export const maxSignatures = 16;
const base64url = /^[A-Za-z0-9_-]*$/;

/** Takes a compact, flattened or general JWS apart. A string says what is wrong with it. */
export function parseJws(text: string): JwsShape | string {
  const trimmed = text.trim();
  return trimmed.startsWith('{') ? parseJson(trimmed) : parseCompact(trimmed);
}

function parseCompact(text: string): JwsShape | string {
  const parts = text.split('.', 6);
  if (parts.length === 5) return 'five parts are an encrypted JWE; evidence must be readable';
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) {
    return 'a compact JWS has three parts joined with dots';
  }
  return checkShape({ payload, signatures: [{ protected: header, header: undefined, signature }] });
}

function parseJson(text: string): JwsShape | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'the text is not JSON';
  }
  if (!isRecord(value) || typeof value.payload !== 'string') return 'the JSON has no payload text';
  if ('signatures' in value === 'signature' in value) return 'it needs either "signature" or "signatures"';
  const entries: unknown = 'signatures' in value ? value.signatures : [value];
  if (!Array.isArray(entries) || entries.length === 0) return '"signatures" must be a list with at least one entry';
  if (entries.length > maxSignatures) return `it has more than ${maxSignatures} signatures`;
  const signatures = entries.map(toSignature);
  if (!signatures.every((signature) => signature !== null)) return 'a signature is not of the form of RFC 7515';
  return checkShape({ payload: value.payload, signatures });
}

function toSignature(entry: unknown): JwsSignature | null {
  if (!isRecord(entry) || typeof entry.signature !== 'string') return null;
  if (entry.protected !== undefined && typeof entry.protected !== 'string') return null;
  if (entry.header !== undefined && !isRecord(entry.header)) return null;
  // Written out again as text, and JSON.stringify recurses.
  if (entry.header !== undefined && checkStorable(entry.header as JsonObject) !== null) return null;
  return { protected: entry.protected, header: entry.header, signature: entry.signature };
}

function checkShape(shape: JwsShape): JwsShape | string {
  if (shape.payload === '') return 'its payload is empty or detached';
  const texts = [shape.payload, ...shape.signatures.flatMap((each) => [each.protected ?? '', each.signature])];
  return texts.every((text) => base64url.test(text)) ? shape : 'a part is not base64url';
}

/** The JSON object inside a base64url part; null when it is something else. */
export function decodeJsonPart(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(part, 'base64url')));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** The text in the form that is stored and compared: without the white space of the file it came from. */
export function toCanonicalJws(shape: JwsShape): string {
  const [first] = shape.signatures;
  const isCompact = shape.signatures.length === 1 && first?.protected !== undefined && first.header === undefined;
  if (isCompact) return `${first.protected}.${shape.payload}.${first.signature}`;
  return JSON.stringify({ payload: shape.payload, signatures: shape.signatures });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
