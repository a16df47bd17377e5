/** Owns what tests of every room share: databases of their own, and processes that can be killed. */
export { engine, openTestDatabase, type TestDatabase } from './database.js';
export { describeOn } from './describe-on.js';
export { startProgram, type ChildProgram } from './child-process.js';
export { operationCount } from './operation-count.js';
export { startPgbouncer, type Pgbouncer } from './pgbouncer.js';
export { quietLog } from './server.js';
export { auditEntriesSettled, auditTrailSealed } from './settled.js';
