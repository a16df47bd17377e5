/** Verifies bearer tokens. The gateway does it for every request, and a subgraph that is its own process does it again. */
import { errors, jwtVerify } from 'jose';
import { RequestError, StartupError } from '../errors/index.js';
import { identityOfClaims } from './claims.js';
import type { Identity } from './identity.js';
import { keysOfFile } from './file-keys.js';
import { RemoteKeys } from './remote-keys.js';

/** Asymmetric algorithms alone: with a symmetric one, the public key of the set would be a signing secret. */
export const tokenAlgorithms = [
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'PS256',
  'PS384',
  'PS512',
  'RS256',
  'RS384',
  'RS512',
] as const;

/** How far the clocks of issuer and verifier may be apart. */
export const tokenLeewaySeconds = 5;

/** Longer tokens are refused unread. */
const maxTokenLength = 16_384;

export interface TokenVerifierOptions {
  /** A URL, or the keys of one that somebody else looks at too. */
  readonly jwksUrl?: string | RemoteKeys | undefined;
  readonly jwksFile?: string | undefined;
  readonly issuer: string;
  readonly audience: string;
  readonly clockToleranceSeconds?: number;
  /** Shortest time between two looks at the URL or the file: an attacker's unknown key ids must not cause one each. */
  readonly keyCooldownSeconds?: number;
}

/** Answers who a token speaks for. Throws UNAUTHENTICATED with a reason that is safe to show. */
export type TokenVerifier = (token: string) => Promise<Identity>;

/** Throws StartupError when the keys of a JWKS file can't be had. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const {
    jwksUrl,
    jwksFile,
    issuer,
    audience,
    clockToleranceSeconds = tokenLeewaySeconds,
    keyCooldownSeconds = 5,
  } = options;
  if ((jwksUrl === undefined) === (jwksFile === undefined)) {
    throw new StartupError('Tokens are verified with the keys of a JWKS URL or of a JWKS file: name exactly one.');
  }
  const cooldown = keyCooldownSeconds * 1000;
  const keys =
    jwksUrl === undefined
      ? keysOfFile(jwksFile as string, cooldown)
      : (jwksUrl instanceof RemoteKeys ? jwksUrl : keysOfUrl(jwksUrl, cooldown)).key;

  return async function verifyToken(token) {
    if (token.length > maxTokenLength) throw new RequestError('UNAUTHENTICATED', 'The token is too long.');
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: [...tokenAlgorithms],
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['sub', 'exp'],
      });
      return identityOfClaims(payload);
    } catch (error) {
      throw error instanceof RequestError ? error : toRequestError(error);
    }
  };
}

function keysOfUrl(url: string, cooldownMilliseconds: number): RemoteKeys {
  return new RemoteKeys({ url: new URL(url), cooldownMilliseconds });
}

function toRequestError(error: unknown): RequestError {
  const refuse = (message: string) =>
    new RequestError('UNAUTHENTICATED', message, { internal: String(error), cause: error });
  if (error instanceof errors.JWTExpired) return refuse('The token has expired.');
  if (error instanceof errors.JWTClaimValidationFailed) {
    switch (error.claim) {
      case 'iss':
        return refuse('The token was issued by someone else than the expected issuer.');
      case 'aud':
        return refuse('The token was issued for another audience.');
      case 'nbf':
        return refuse('The token is not valid yet.');
      default:
        return refuse(`The token's claim "${error.claim}" is missing or wrong.`);
    }
  }
  if (error instanceof errors.JOSEAlgNotAllowed)
    return refuse('The token is signed with an algorithm that is not accepted.');
  if (error instanceof errors.JWSSignatureVerificationFailed) return refuse("The token's signature is not valid.");
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
    return refuse('The token is signed with an unknown key.');
  }
  if (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported
  ) {
    return refuse('The token is malformed.');
  }
  // The keys can't be had: the caller's token may be good, but nobody can tell.
  return new RequestError(
    'AUTHENTICATION_UNAVAILABLE',
    'The token could not be verified: the keys to verify it with are not available. Try again.',
    { internal: String(error), cause: error, extensions: { retryAfterSeconds: 5 } },
  );
}
