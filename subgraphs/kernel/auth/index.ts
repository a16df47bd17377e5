/** Owns the caller's identity: how a token is verified, and what the identity may do. */
export { Identity, type IdentityInput } from './identity.js';
