/** Owns what can be done with webhooks: the same for a request, a worker and a test. */
export { redriveMessages, type RedriveInput } from './redrive-messages.js';
export { removeEndpoint } from './remove-endpoint.js';
export { rotateSecret, type RotateInput } from './rotate-secret.js';
export { saveEndpoint, type EndpointDoors, type EndpointInput } from './save-endpoint.js';
