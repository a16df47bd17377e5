/** Owns turning a test run into signed evidence: which tests speak for which specification, and the signature over them. */
export { createSigningKey, readSigningKey, type SigningKey } from './signing-key.js';
export { signCheckout, type SignCheckoutRequest } from './sign-checkout.js';
export { signTestEvidence, type SignedRun, type SignRequest } from './sign-test-evidence.js';
export { parseTestRun, type TestCase, type TestRun } from './test-run.js';
