/** Owns the way to the network: which targets are allowed, one pinned access, and the scan of a page over its redirects. */
export type { Dial } from './access.js';
export { ScanFailure } from './failure.js';
export { createResolver, type Resolve } from './resolver.js';
export { scanPage, type AccessNote, type ScanDoors, type ScannedPage } from './scan-page.js';
export { checkTarget, type Target } from './target.js';
