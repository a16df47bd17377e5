/** Owns how a page is scored: the facts read of it, the rules over them, and the reasons given. */
export { noPage, readPage, toTarget } from './page-facts.js';
export type { Certificate, Evidence } from './rules.js';
export { scorePage, type Assessment } from './score.js';
