/** Owns turning a test run into signed evidence and checking it: which tests speak for what, packages, the signatures over them. */
export { createSigningKey, readSigningKey, type SigningKey } from './signing-key.js';
export { signCheckout, type SignCheckoutRequest } from './sign-checkout.js';
export { signTestEvidence, type SignedRun, type SignRequest } from './sign-test-evidence.js';
export type { TestCase, TestRun } from './results/test-case.js';
export { parseTestRun } from './results/test-run.js';
export { createPackage, type CreatePackageRequest, type CreatedPackage } from './create-package.js';
export { signPackage } from './sign-package.js';
export { verifyEvidence, type VerifiedEvidence } from './verify-evidence.js';
