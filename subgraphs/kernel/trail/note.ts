/** Signed heads of the tree: C2SP signed notes with Ed25519, over tlog-checkpoints. */
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify, type KeyObject } from 'node:crypto';
import { StartupError } from '../errors/index.js';

export interface Head {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

export interface NoteSigner {
  /** Of the key, and the origin of the log that it signs. */
  readonly name: string;
  /** `name+id+key`: what a verifier is given. */
  readonly verifierKey: string;
  /** The signature line of a text. */
  signatureLine(text: string): string;
}

/** The algorithm of signed notes that is Ed25519. */
const ed25519 = 1;
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
/** As the specification has it, and no comma: settings are lists. */
const namePattern = /^[^\s+,\p{Cc}]{1,200}$/u;

function keyId(name: string, publicKey: Uint8Array): Buffer {
  return createHash('sha256')
    .update(`${name}\n`)
    .update(Uint8Array.of(ed25519))
    .update(publicKey)
    .digest()
    .subarray(0, 4);
}

function encodeKey(name: string, publicKey: Uint8Array, key: Uint8Array): string {
  return `${name}+${keyId(name, publicKey).toString('hex')}+${Buffer.concat([Uint8Array.of(ed25519), key]).toString('base64')}`;
}

/** A new key: `PRIVATE+KEY+name+id+seed`, as `note.GenerateKey` of Go makes them. */
export function generateNoteKey(name: string): string {
  if (!namePattern.test(name)) throw new StartupError('A key has a name without spaces, plus signs and commas.');
  const seed = randomBytes(32);
  return `PRIVATE+KEY+${encodeKey(name, publicPart(privateKeyOf(seed)), seed)}`;
}

/** Throws a StartupError, which says nothing of the key. */
export function parseNoteSigner(text: string): NoteSigner {
  const [, name = '', id = '', encoded = ''] =
    /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const privateKey = bytes.length === 33 && bytes[0] === ed25519 ? privateKeyOf(bytes.subarray(1)) : null;
  const publicKey = privateKey && publicPart(privateKey);
  if (
    privateKey === null ||
    publicKey === null ||
    !namePattern.test(name) ||
    keyId(name, publicKey).toString('hex') !== id
  )
    throw new StartupError(
      'The key of the audit trail is no Ed25519 key of a signed note: make one with weft trail key.',
    );
  return {
    name,
    verifierKey: encodeKey(name, publicKey, publicKey),
    signatureLine: (message) => {
      const signature = Buffer.concat([Buffer.from(id, 'hex'), sign(null, Buffer.from(message), privateKey)]);
      return `\u2014 ${name} ${signature.toString('base64')}\n`;
    },
  };
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' });
}

function publicPart(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(spkiPrefix.length);
}

/** The signed checkpoint: by each key a line, so that a verifier that knows one of them is content. */
export function signCheckpoint({ origin, size, root }: Head, signers: readonly NoteSigner[]): string {
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
  return `${text}\n${signers.map((signer) => signer.signatureLine(text)).join('')}`;
}

/** What a note says, whoever signed it; null when it is no checkpoint. */
export function parseCheckpoint(note: string): Head | null {
  const [, origin, size, root] =
    /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*\n(?:\u2014 [^\n]+\n)+$/u.exec(note) ?? [];
  if (origin === undefined || size === undefined || root === undefined) return null;
  return { origin, size: Number(size), root: Buffer.from(root, 'base64') };
}

/** Whether one of the keys has signed the note. */
export function isSignedBy(note: string, verifierKeys: readonly string[]): boolean {
  const split = note.lastIndexOf('\n\n');
  if (split < 0) return false;
  const text = Buffer.from(note.slice(0, split + 1));
  const lines = note.slice(split + 2).split('\n');
  return verifierKeys.some((verifierKey) => {
    const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(verifierKey) ?? [];
    const publicKey = Buffer.from(encoded, 'base64').subarray(1);
    return lines.some((line) => {
      const [, signed, signature = ''] = /^\u2014 (\S+) (\S+)$/u.exec(line) ?? [];
      const bytes = Buffer.from(signature, 'base64');
      if (signed !== name || bytes.subarray(0, 4).toString('hex') !== id) return false;
      const key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: 'der', type: 'spki' });
      return verify(null, text, key, bytes.subarray(4));
    });
  });
}
