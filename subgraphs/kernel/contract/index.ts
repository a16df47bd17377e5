/** Owns what of a subgraph's contract follows from its entity maps and directives: types, arguments, and who may call what. */
export { completeContract, completeInputs } from './complete.js';
export { figureResolvers } from './figure-resolvers.js';
export { guardResolvers } from './guard.js';
