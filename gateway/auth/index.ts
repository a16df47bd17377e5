/** Owns who may see which field: `@authenticated` and `@requiresScopes`, enforced before an operation is planned. */
export { withAuthorization } from './with-authorization.js';
