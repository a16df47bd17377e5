/** Owns what is stored encrypted: secrets of other systems, sealed under a key that can be replaced. */
export { encryptionKeys } from './encryption-keys.js';
export { Keyring, type KeyringInput } from './keyring.js';
