/** Owns the way out: which targets may be reached, one request to a checked address, and how a message is signed. */
export {
  createOutbound,
  OutboundFailure,
  type Outbound,
  type OutboundAnswer,
  type OutboundRequest,
  type OutboundSettings,
} from './outbound.js';
export { createResolver, type Resolve } from './resolver.js';
export { newSigningSecret, signMessage } from './standard-webhooks.js';
export { checkTarget, type Target, type TargetDoors } from './target.js';
