/** Owns the supergraph: how its SDL is read, what of it callers see, and how a new one takes over. */
export { readSupergraph, type Supergraph } from './supergraph.js';
