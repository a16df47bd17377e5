/** Owns the way to the network: one pinned access, and the scan of a page over its redirects. */
export type { Dial } from './access.js';
export { ScanFailure } from './failure.js';
export { scanPage, type AccessNote, type ScanDependencies, type ScannedPage } from './scan-page.js';
