import type { Config } from '../config/index.js';
import type { KeyringInput } from './keyring.js';

/** The keys of the configuration; null when there is none: nothing can be encrypted then. */
export function encryptionKeys({
  encryptionKey,
  encryptionKeyPrevious,
}: Pick<Config, 'encryptionKey' | 'encryptionKeyPrevious'>): KeyringInput | null {
  if (encryptionKey === undefined) return null;
  return { current: encryptionKey.reveal(), previous: encryptionKeyPrevious?.reveal() };
}
