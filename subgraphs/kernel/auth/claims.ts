/** What of a verified token's claims the product reads. */
import type { JWTPayload } from 'jose';
import { RequestError } from '../errors/index.js';
import { Identity } from './identity.js';

/** Longest `sub` accepted: it is stored with every audit entry. */
const maxSubjectLength = 255;

/** Scopes from `scope` (space-separated, RFC 8693), `scp` or `scopes` (arrays or space-separated): all that are there, together. */
export function scopesOfClaims(claims: JWTPayload): string[] {
  const scopes = new Set<string>();
  for (const claim of [claims['scope'], claims['scp'], claims['scopes']]) {
    const values = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
    for (const value of values) {
      // `*` stands for every scope and belongs to the local developer alone, see Identity.has.
      if (typeof value === 'string' && value !== '' && value !== '*') scopes.add(value);
    }
  }
  return [...scopes];
}

/** Throws UNAUTHENTICATED when the claims name no caller. The claims must be verified. */
export function identityOfClaims(claims: JWTPayload): Identity {
  if (typeof claims.sub !== 'string' || claims.sub === '' || claims.sub.length > maxSubjectLength) {
    throw new RequestError('UNAUTHENTICATED', 'The token names no subject (claim "sub").');
  }
  if (claims.exp === undefined) throw new RequestError('UNAUTHENTICATED', 'The token has no expiry (claim "exp").');
  return Identity.of({
    subject: claims.sub,
    name: typeof claims['name'] === 'string' ? claims['name'] : null,
    scopes: scopesOfClaims(claims),
    expiresAt: new Date(claims.exp * 1000),
  });
}
