/** Owns the way of changes to endpoints: from the feed into messages, and from messages over the network. */
export { WebhookWorker, type WebhookSettings, type WebhookWorkerOptions } from './worker.js';
