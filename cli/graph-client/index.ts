/** Owns how a command asks the graph: through a running gateway, or on the store itself. */
export { connectToGraph, type ConnectOptions, type GraphClient } from './connect.js';
export { printable } from './printable.js';
