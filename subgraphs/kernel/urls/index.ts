/** Owns the rules, by text alone, of which URLs, host names and addresses belong to the public internet. */
export { areAllPublic } from './addresses.js';
export { toDisplayName } from './host-names.js';
export { parseUrl } from './parse-url.js';
export { checkPublicUrl, type PublicUrl } from './public-url.js';
