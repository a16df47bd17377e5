/** Owns the caller's identity: how a token is verified, and what the identity may do. */
export { Identity, type IdentityInput } from './identity.js';
export { authenticateBearer, authenticateLocalDeveloper, type Authenticate } from './authenticate.js';
export { parsePublicKeys } from './public-keys.js';
export { RemoteKeys, type KeyState } from './remote-keys.js';
export {
  createTokenVerifier,
  tokenAlgorithms,
  tokenLeewaySeconds,
  type TokenVerifier,
  type TokenVerifierOptions,
} from './token-verifier.js';
export {
  mintDevelopmentToken,
  publicKeysFile,
  type DevelopmentToken,
  type DevelopmentTokenOptions,
} from './development-token.js';
