/** Owns reading a checkout without changing it: which repository and commit it is, and which files in it are artifacts. */
export { readCheckout, type Checkout, type CheckoutOptions } from './read-checkout.js';
export type { CheckoutEntry } from './read-entries.js';
export { askGit, listGitFiles } from './git-command.js';
export type { CheckoutFacts } from './facts.js';
export { parseRemoteUrl, type RemoteRepository } from './remote-url.js';
export type { CheckoutSources } from './read-sources.js';
export { readEvidenceFolder } from './read-evidence.js';
