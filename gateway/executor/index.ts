/** Owns the execution of operations over a supergraph: planning, fetching, merging and shaping. */
export { createExecutor, type ExecutorOptions } from './create-executor.js';
export type * from './types.js';
