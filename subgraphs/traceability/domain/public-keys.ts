import { calculateJwkThumbprint, importJWK, type JWK } from 'jose';
import { quoted } from './problems.js';

/** The algorithms whose verification needs nothing secret. Anything else, `none` and HMAC first, is refused everywhere. */
export const signatureAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
] as const;
export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

/** A key that may be trusted: checked, public, and for one algorithm. */
export interface PublicKey {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  /** Only what makes the public key, frozen. */
  readonly jwk: Readonly<JWK>;
}

export type PublicKeyCheck =
  { readonly key: PublicKey; readonly reason: null } | { readonly key: null; readonly reason: string };

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const algorithmOfCurve: ReadonlyMap<unknown, SignatureAlgorithm> = new Map([
  ['P-256', 'ES256'],
  ['P-384', 'ES384'],
  ['P-521', 'ES512'],
  ['Ed25519', 'EdDSA'],
]);
/** 2,048 to 8,192 bits as base64url: shorter is forged, longer is a way to burn the verifier's time. */
const modulusLength = { least: 342, most: 1_366 };

/**
 * Whether a JSON Web Key may be registered as trusted. `kid` may be left out (the key's RFC 7638 thumbprint stands in),
 * `alg` too where the curve says it. A private or symmetric key is refused: whoever holds it could sign.
 */
export async function checkPublicKey(input: unknown): Promise<PublicKeyCheck> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return refuse('A JSON Web Key is an object.');
  const jwk = input as Readonly<Record<string, unknown>>;
  if (jwk.kty === 'oct') return refuse('This is a symmetric key: whoever verifies with it could sign with it.');
  const secret = privateMembers.find((name) => Object.hasOwn(jwk, name));
  if (secret !== undefined) return refuse(`This is a private key (it has "${secret}"): register its public half only.`);
  if (jwk.use !== undefined && jwk.use !== 'sig')
    return refuse('The key is not for signatures: its "use" must be "sig".');
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'))) {
    return refuse('The key is not for verification: its "key_ops" must include "verify".');
  }
  const algorithm = algorithmOf(jwk);
  if (algorithm === null) {
    return refuse(`"alg" must be one of ${signatureAlgorithms.join(', ')}, and fit the key's type and curve.`);
  }
  const material = publicMaterial(jwk);
  if (material === null)
    return refuse('The key lacks a part of its public material, or an RSA modulus is out of bounds.');
  return importKey(jwk, material, algorithm);
}

async function importKey(
  jwk: Readonly<Record<string, unknown>>,
  material: JWK,
  algorithm: SignatureAlgorithm,
): Promise<PublicKeyCheck> {
  const { kid } = jwk;
  if (kid !== undefined && (typeof kid !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(kid))) {
    return refuse('"kid" must be 1 to 200 printable characters without spaces.');
  }
  try {
    await importJWK(material, algorithm);
    return {
      key: { kid: kid ?? (await calculateJwkThumbprint(material)), algorithm, jwk: Object.freeze(material) },
      reason: null,
    };
  } catch {
    return refuse(`The key's numbers make no valid ${quoted(String(jwk.kty))} key.`);
  }
}

/** The algorithm a key is for: the curve decides, RSA must say it. */
function algorithmOf(jwk: Readonly<Record<string, unknown>>): SignatureAlgorithm | null {
  const stated = signatureAlgorithms.find((each) => each === jwk.alg);
  if (jwk.kty === 'RSA') return stated !== undefined && /^[RP]S/.test(stated) ? stated : null;
  const implied = algorithmOfCurve.get(jwk.crv);
  const isFitting = (implied === 'EdDSA' ? 'OKP' : 'EC') === jwk.kty;
  if (implied === undefined || !isFitting) return null;
  return jwk.alg === undefined || (stated !== undefined && isSameAlgorithm(stated, implied)) ? implied : null;
}

/** RFC 9864 renamed EdDSA over Ed25519; both names mean the same signature. */
export function isSameAlgorithm(one: string, other: string): boolean {
  const name = (algorithm: string) => (algorithm === 'Ed25519' ? 'EdDSA' : algorithm);
  return name(one) === name(other);
}

function publicMaterial(jwk: Readonly<Record<string, unknown>>): JWK | null {
  const names = jwk.kty === 'RSA' ? ['n', 'e'] : jwk.kty === 'EC' ? ['crv', 'x', 'y'] : ['crv', 'x'];
  const entries = names.map((name): [string, unknown] => [name, jwk[name]]);
  if (!entries.every(([, value]) => typeof value === 'string' && value.length <= modulusLength.most)) return null;
  if (jwk.kty === 'RSA' && String(jwk.n).length < modulusLength.least) return null;
  return { kty: jwk.kty as string, ...Object.fromEntries(entries) };
}

function refuse(reason: string): PublicKeyCheck {
  return { key: null, reason };
}
