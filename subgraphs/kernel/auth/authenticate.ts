/** From the `authorization` of a request to an identity: the same on every door. */
import { RequestError } from '../errors/index.js';
import { Identity } from './identity.js';
import type { TokenVerifier } from './token-verifier.js';

/** Answers who sent this `authorization` value. Without one, the caller is anonymous; a bad one throws UNAUTHENTICATED and never is anonymous. */
export type Authenticate = (authorization: string | undefined) => Promise<Identity>;

export function authenticateBearer(verifyToken: TokenVerifier): Authenticate {
  return async (authorization) => {
    if (authorization === undefined || authorization.trim() === '') return Identity.anonymous;
    return verifyToken(bearerToken(authorization));
  };
}

/** With authentication off, everybody who can reach the (loopback) port is the local developer. */
export function authenticateLocalDeveloper(): Authenticate {
  const developer = Identity.of({ subject: 'local-developer', name: 'Local developer', scopes: ['*'] });
  return () => Promise.resolve(developer);
}

function bearerToken(authorization: string): string {
  const match = /^Bearer +([^\s]+) *$/i.exec(authorization);
  if (match?.[1] === undefined) {
    throw new RequestError('UNAUTHENTICATED', 'The authorization must be of the form "Bearer <token>".');
  }
  return match[1];
}
