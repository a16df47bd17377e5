/** AES-256-GCM under a key that the row names, so that keys can be rotated while the product runs. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

export interface Sealed {
  /** Base64 of nonce, ciphertext and tag. */
  readonly text: string;
  readonly keyId: string;
}

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

/** `current` encrypts; `previous` still decrypts. Each 32 bytes, as 64 hex digits or base64. */
export interface KeyringInput {
  readonly current: string;
  readonly previous?: string | undefined;
}

export class Keyring {
  readonly #current: Key;
  readonly #keys: ReadonlyMap<string, Key>;

  constructor({ current, previous }: KeyringInput) {
    this.#current = toKey(current);
    const all = [this.#current, ...(previous === undefined ? [] : [toKey(previous)])];
    this.#keys = new Map(all.map((key) => [key.id, key]));
  }

  get currentKeyId(): string {
    return this.#current.id;
  }

  has(keyId: string): boolean {
    return this.#keys.has(keyId);
  }

  /** `owner` is bound into the tag: a ciphertext that is copied to another row does not open there. */
  seal(plain: string, owner: string): Sealed {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#current.bytes, nonce).setAAD(Buffer.from(owner));
    const text = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { text: text.toString('base64'), keyId: this.#current.id };
  }

  /** Throws when the key is not here, and when text or owner are not what was sealed. */
  open({ text, keyId }: Sealed, owner: string): string {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new Error(`there is no key ${keyId}`);
    const bytes = Buffer.from(text, 'base64');
    const decipher = createDecipheriv(algorithm, key.bytes, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-tagBytes));
    return decipher.update(bytes.subarray(nonceBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
  }
}

/** The id is a digest of the key: two processes with the same key name it the same, and it gives nothing away. */
function toKey(text: string): Key {
  const bytes = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (bytes.length !== 32) throw new Error('an encryption key has 32 bytes');
  const id = createHash('sha256').update('weft encryption key\0').update(bytes).digest('hex').slice(0, 16);
  return { id, bytes };
}
