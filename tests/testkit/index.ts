/** Owns what tests of every room share: databases of their own, and processes that can be killed. */
export { describeOn, engine, openTestDatabase, type TestDatabase } from './database.js';
export { onServer, quietLog, withDatabase } from './server.js';
