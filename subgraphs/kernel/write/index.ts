/** Owns every change of state: the transaction, its audit entries and events, client keys and optimistic concurrency. */
export { write, type WriteOptions, type Writer, type Written, type WriteTransaction } from './write.js';
export { type Change, resourceUuid } from './records.js';
export { assertTransition, assertVersion } from './versions.js';
export { canonicalJson, sha256 } from './canonical-json.js';
export { expireClientKeys } from './idempotency.js';
export {
  checkReceipts,
  observeSealing,
  requestSealing,
  sealAuditTrail,
  sealerState,
  settleSealing,
  type SealerState,
} from './sealer.js';
export type { PrismaTransaction } from './prisma.js';
