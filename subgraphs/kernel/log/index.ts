/** Owns the log: one line of JSON for each event, joined by request id, with secrets taken out. */
export type { Logger } from 'pino';
