/** Owns how subgraphs are reached: in this process, over HTTP, over WebSocket. */
export { namedCaller } from './caller-header.js';
export type { CircuitChange } from './circuit.js';
export { createDeferredTransport } from './deferred.js';
export { mayStandInHeader } from './header-value.js';
export { createInProcessTransport, type InProcessOptions } from './in-process.js';
export { createRemoteTransport, type RemoteTransportOptions } from './remote.js';
export { SharedFetches } from './shared-fetches.js';
