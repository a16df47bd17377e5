/** Owns the graph, the tokens and the clients of the tests of the doors. */
export { createGraph, type GraphOptions } from './supergraph.js';
export { running } from './ticks.js';
export { audience, createMint, issuer, type TokenMint } from './tokens.js';
export { startGateway, type TestGateway } from './gateway.js';
export { type Answer, type Transport, transports } from './clients.js';
