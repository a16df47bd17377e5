/** Owns the verification of audit trails by people who trust neither the system nor its database. */
export { verifyBundle } from './bundle.js';
export { emptyRoot, GrowingTree, isConsistent, leafHash, rootOfInclusion } from './merkle.js';
export { parseCheckpoint, parseVerifierKey, signersOf } from './note.js';
export { render as renderReport } from './render.js';
