/** Owns reading a checkout: which repository and commit it is, and the files in it that are artefacts. Changes nothing. */
export { readCheckout, type Checkout, type CheckoutOptions } from './read-checkout.js';
export type { CheckoutEntry } from './read-entries.js';
export type { CheckoutFacts } from './facts.js';
export { parseRemoteUrl, type RemoteRepository } from './remote-url.js';
