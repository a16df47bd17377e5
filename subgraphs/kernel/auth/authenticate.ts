/** From the `authorization` of a request to an identity: the same on every door. */
import { RequestError } from '../errors/index.js';
import { Identity } from './identity.js';
import type { TokenVerifier } from './token-verifier.js';

/**
 * Answers who sent this `authorization` value. Without one, the caller is anonymous; a bad one throws UNAUTHENTICATED and never is
 * anonymous. `user` is the header `x-weft-user`, by which a caller says who they are where nobody is authenticated; it means nothing
 * anywhere else.
 */
export type Authenticate = (authorization: string | undefined, user?: string) => Promise<Identity>;

export function authenticateBearer(verifyToken: TokenVerifier): Authenticate {
  return async (authorization) => {
    if (authorization === undefined || authorization.trim() === '') return Identity.anonymous;
    return verifyToken(bearerToken(authorization));
  };
}

/** By the header, any other person of the local developer's: the one who approves must not be the one who asked. */
const userPattern = /^[\w.@|:+-]{1,200}$/;

/** With authentication off, everybody who can reach the (loopback) port is the local developer, or whoever they say they are. */
export function authenticateLocalDeveloper(): Authenticate {
  const developer = Identity.of({ subject: 'local-developer', name: 'Local developer', scopes: ['*'] });
  return async (_authorization, user = '') => {
    if (user === '') return developer;
    if (!userPattern.test(user)) {
      throw new RequestError(
        'UNAUTHENTICATED',
        'X-Weft-User must have 1 to 200 letters, digits or ._-@|:+ characters.',
      );
    }
    return Identity.of({ subject: user, name: user, scopes: ['*'] });
  };
}

function bearerToken(authorization: string): string {
  const match = /^Bearer +([^\s]+) *$/i.exec(authorization);
  if (match?.[1] === undefined) {
    throw new RequestError('UNAUTHENTICATED', 'The authorization must be of the form "Bearer <token>".');
  }
  return match[1];
}
