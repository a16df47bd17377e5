/** Owns how an audit is carried out: its checks in a thread, with limits. */
export { runChecks } from './run-checks.js';
