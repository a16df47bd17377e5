/** Owns the log: one line of JSON for each event, joined by request id, with secrets taken out. */
export { describeError } from './describe-error.js';
export { createLogger, type Logger, type LoggerOptions } from './logger.js';
