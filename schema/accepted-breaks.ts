/** Breaking changes of the API since the last release that were made on purpose. CHANGELOG.md tells each to those whom it meets. */
import type { AcceptedBreak } from './breaking-changes.js';

export const acceptedBreaks: readonly AcceptedBreak[] = [];
