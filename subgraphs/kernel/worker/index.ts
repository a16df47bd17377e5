/** Owns how a worker works: takes as much as its concurrency allows, rests when there is nothing to do, and keeps its leases alive. */
export { LeaseKeeper } from './lease-keeper.js';
export { startPeriodic, type PeriodicOptions } from './periodic.js';
export { WorkLoop, type WorkLoopOptions } from './work-loop.js';
