/** Owns how a page is scored: the facts read of it, the rules over them, and the reasons given. */
export { noPage, readPage, toTarget, type PageFacts, type Target } from './page-facts.js';
export { rules, type Category, type Certificate, type Evidence } from './rules.js';
export { rulesVersion, scorePage, type Assessment } from './score.js';
