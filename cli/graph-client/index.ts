/** Owns how a command asks the graph: through a running gateway, or on the store itself. */
export type { AskedOperation, ConnectOptions, GraphClient, GraphReader } from './client.js';
export { connectToGraph } from './connect.js';
export { printable } from './printable.js';
