/** Owns GitHub's webhook: who really sent a delivery, what it asks for, and that it is answered in time. */
export { createWebhookHandler, type WebhookAnswer, type WebhookRequest } from './handler.js';
