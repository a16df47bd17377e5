import { calculateJwkThumbprint, errors, flattenedVerify } from 'jose';
import type { JsonObject } from './artifact-types.js';
import { decodeJsonPart, parseJws, type JwsShape, type JwsSignature } from './jws-shape.js';
import { quoted } from './problems.js';
import { isSameAlgorithm, signatureAlgorithms, type PublicKey } from './public-keys.js';

export const verdictCodes = [
  'VERIFIED',
  'UNKNOWN_KEY',
  'MALFORMED',
  'TOO_LARGE',
  'ALGORITHM_REFUSED',
  'UNSUPPORTED_EXTENSION',
  'KEY_MISMATCH',
  'SIGNATURE_INVALID',
  'EXPIRED',
  'NOT_YET_VALID',
  'PACKAGE_ALTERED',
] as const;
export type VerdictCode = (typeof verdictCodes)[number];

export interface SignatureVerdict {
  /** Null: nobody knows, because no trusted key answers to it (UNKNOWN_KEY). */
  readonly verified: boolean | null;
  readonly code: VerdictCode;
  /** One sentence for a reviewer. */
  readonly reason: string;
  /** Of the signature that decided; null when it names none. */
  readonly keyId: string | null;
  readonly algorithm: string | null;
  /** How many different trusted keys have signed it; 0 unless it is verified. */
  readonly signerCount: number;
  /** `iat`, else `timestamp`, of the payload: what the signer claims. */
  readonly signedAt: Date | null;
  /** `exp` of the payload. */
  readonly expiresAt: Date | null;
  /** The claims, whether or not they can be trusted: see `verified`. */
  readonly payload: JsonObject | null;
}

export interface VerifyOptions {
  /** The moment that `exp` and `nbf` are held against. */
  readonly now: Date;
  readonly maxBytes?: number;
}

/** Clocks of signers and verifiers differ; a minute forges nothing. */
const clockToleranceMs = 60_000;

/** The verdict on evidence that is a package: files that are not what was signed refute it, however good the signature. */
export function refutedByPackage(verdict: SignatureVerdict, packageFault: string | null): SignatureVerdict {
  if (packageFault === null || verdict.verified === false) return verdict;
  return { ...verdict, verified: false, code: 'PACKAGE_ALTERED', reason: packageFault, signerCount: 0 };
}

interface Judgement extends Pick<SignatureVerdict, 'verified' | 'code' | 'reason' | 'keyId' | 'algorithm'> {
  /** The thumbprint (RFC 7638) of the key that it is genuine by: one key under two ids is one signer. */
  readonly signer: string | null;
}

/**
 * Judges a JWS in any serialisation by the trusted keys. Every signature must hold: one bad one refutes the whole, one
 * of an unknown key leaves it open. Keys that the JWS brings along (`jwk`, `jku`, `x5c`) count for nothing. Never throws.
 */
export async function verifySignature(
  jws: string,
  keys: readonly PublicKey[],
  options: VerifyOptions,
): Promise<SignatureVerdict> {
  const nothing = { signedAt: null, expiresAt: null, payload: null, signerCount: 0 };
  if (jws.length > (options.maxBytes ?? 1_048_576)) {
    return toVerdict(refuted('TOO_LARGE', 'The JWS is too large to be examined.', {}), nothing);
  }
  const shape = parseJws(jws);
  if (typeof shape === 'string') {
    return toVerdict(refuted('MALFORMED', `Not a JSON Web Signature: ${shape}.`, {}), nothing);
  }
  const payload = decodeJsonPart(shape.payload) as JsonObject | null;
  const times = { signedAt: signingTime(payload), expiresAt: toDate(payload?.exp), payload };
  const judgements: Judgement[] = [];
  for (const signature of shape.signatures) judgements.push(await judge(shape, signature, keys));
  const decisive =
    judgements.find((each) => each.verified === false) ??
    judgements.find((each) => each.verified === null) ??
    judgements[0] ??
    refuted('MALFORMED', 'The JWS has no signature.', {});
  const judgement = decisive.verified === true ? checkTimes(payload, options.now, decisive) : decisive;
  const signers = new Set(judgements.map(({ signer }) => signer));
  return toVerdict(judgement, { ...times, signerCount: judgement.verified === true ? signers.size : 0 });
}

function toVerdict(
  { signer: _, ...judgement }: Judgement,
  about: Pick<SignatureVerdict, 'signedAt' | 'expiresAt' | 'payload' | 'signerCount'>,
): SignatureVerdict {
  return { ...judgement, ...about };
}

/** One signature: its header before any key, the keys before any arithmetic. */
async function judge(shape: JwsShape, signature: JwsSignature, keys: readonly PublicKey[]): Promise<Judgement> {
  const header = signature.protected === undefined ? null : decodeJsonPart(signature.protected);
  if (header === null) return refuted('MALFORMED', 'A signature has no readable protected header.', {});
  const kid = header.kid ?? signature.header?.kid ?? null;
  if (kid !== null && !isName(kid)) return refuted('MALFORMED', 'The key id is not a short printable text.', {});
  const { alg } = header;
  const about = { keyId: kid, algorithm: isName(alg) ? alg : null };
  const algorithm = signatureAlgorithms.find((each) => each === alg);
  if (algorithm === undefined) {
    const named =
      typeof alg === 'string' ? `Algorithm ${quoted(alg)} is refused` : 'The protected header names no algorithm';
    return refuted('ALGORITHM_REFUSED', `${named}: only asymmetric signatures count.`, about);
  }
  if ('crit' in header || 'b64' in header || (signature.header !== undefined && 'crit' in signature.header)) {
    return refuted('UNSUPPORTED_EXTENSION', 'The JWS demands extensions (crit, b64) that are not supported.', about);
  }
  const named = kid === null ? keys : keys.filter((key) => key.kid === kid);
  const fitting = named.filter((key) => isSameAlgorithm(key.algorithm, algorithm));
  if (named.length === 0 || (kid === null && fitting.length === 0)) {
    const which = kid === null ? 'it names no key, and none trusted fits' : `no trusted key has the id ${quoted(kid)}`;
    return { verified: null, code: 'UNKNOWN_KEY', reason: `Cannot be judged: ${which}.`, signer: null, ...about };
  }
  if (fitting.length === 0) {
    const reason = `Signed with ${algorithm}, but the trusted key of this id is for ${named[0]?.algorithm ?? 'another'}.`;
    return refuted('KEY_MISMATCH', reason, about);
  }
  return tryKeys(shape, signature, fitting, algorithm, about);
}

/** What may be stored and shown of a header that nobody vouches for. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value);
}

type About = Partial<Pick<Judgement, 'keyId' | 'algorithm'>>;

async function tryKeys(
  shape: JwsShape,
  signature: JwsSignature,
  keys: readonly PublicKey[],
  algorithm: string,
  about: About,
): Promise<Judgement> {
  const flattened = {
    payload: shape.payload,
    signature: signature.signature,
    ...(signature.protected !== undefined && { protected: signature.protected }),
    ...(signature.header !== undefined && { header: signature.header }),
  };
  for (const key of keys) {
    try {
      await flattenedVerify(flattened, key.jwk, { algorithms: [algorithm] });
      const reason = `The signature is genuine: ${algorithm} by the trusted key ${quoted(key.kid)}.`;
      const signer = await calculateJwkThumbprint(key.jwk);
      return { verified: true, code: 'VERIFIED', reason, keyId: key.kid, algorithm, signer };
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      return refuted('MALFORMED', 'The signature cannot be read as RFC 7515 writes it.', about);
    }
  }
  return refuted('SIGNATURE_INVALID', 'The signature is not of this payload by the trusted key.', about);
}

/** A genuine signature over a payload that is out of date proves nothing today. */
function checkTimes(payload: JsonObject | null, now: Date, genuine: Judgement): Judgement {
  const about = { keyId: genuine.keyId, algorithm: genuine.algorithm };
  if (payload === null) return refuted('MALFORMED', 'The signed payload is not a JSON object.', about);
  const { exp, nbf } = payload;
  for (const [name, value] of Object.entries({ exp, nbf })) {
    if (value !== undefined && toDate(value) === null) {
      return refuted('MALFORMED', `${name} in the payload must be seconds since 1970.`, about);
    }
  }
  const expiresAt = toDate(exp);
  if (expiresAt !== null && expiresAt.getTime() + clockToleranceMs <= now.getTime()) {
    return refuted('EXPIRED', `The evidence expired at ${expiresAt.toISOString()}.`, about);
  }
  const startsAt = toDate(nbf);
  if (startsAt !== null && startsAt.getTime() - clockToleranceMs > now.getTime()) {
    return refuted('NOT_YET_VALID', `The evidence is not valid before ${startsAt.toISOString()}.`, about);
  }
  return genuine;
}

function signingTime(payload: JsonObject | null): Date | null {
  const claimed = toDate(payload?.iat);
  if (claimed !== null || typeof payload?.timestamp !== 'string') return claimed;
  const isIso = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(payload.timestamp);
  const time = isIso ? new Date(payload.timestamp) : null;
  return time === null || Number.isNaN(time.getTime()) ? null : time;
}

/** Seconds since 1970, within the years that a timestamp column and ISO 8601 can hold. */
function toDate(seconds: unknown): Date | null {
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds < 253_402_300_800)) return null;
  return new Date(seconds * 1000);
}

function refuted(code: VerdictCode, reason: string, about: About): Judgement {
  return {
    verified: false,
    code,
    reason,
    keyId: about.keyId ?? null,
    algorithm: about.algorithm ?? null,
    signer: null,
  };
}
