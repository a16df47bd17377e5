/** The keys of the configuration, as the domain that encrypts with them takes them. */
import type { Config } from '../../subgraphs/kernel/config/index.js';

export interface EncryptionKeys {
  readonly current: string;
  readonly previous?: string | undefined;
}

/** Null when there is none: nothing can be encrypted then. */
export function encryptionKeys({ encryptionKey, encryptionKeyPrevious }: Config): EncryptionKeys | null {
  if (encryptionKey === undefined) return null;
  return { current: encryptionKey.reveal(), previous: encryptionKeyPrevious?.reveal() };
}
