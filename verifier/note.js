/** C2SP signed notes with Ed25519, and the tlog-checkpoints in them. */
import { createHash, createPublicKey, verify } from 'node:crypto';

const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
/** Signature types: of a log, and of a witness that says when it saw the checkpoint. */
const logType = 1;
const witnessType = 4;

/**
 * @typedef {{ name: string, id: string, type: number, key: import('node:crypto').KeyObject }} VerifierKey
 * @typedef {{ origin: string, size: number, root: Buffer, text: string, note: string, signatures: { name: string, bytes: Buffer }[] }} Checkpoint
 */

/** `name+id+key`, as it is published beside a log. Throws for anything else. @param {string} text @returns {VerifierKey} */
export function parseVerifierKey(text) {
  const [, name, id, encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text.trim()) ?? [];
  const bytes = Buffer.from(encoded ?? '', 'base64');
  const type = bytes[0];
  if (name === undefined || bytes.length !== 33 || (type !== logType && type !== witnessType)) {
    throw new Error('a verifier key reads name+id+key, with an Ed25519 key in base64');
  }
  const expected = createHash('sha256').update(`${name}\n`).update(bytes).digest('hex').slice(0, 8);
  if (expected !== id) throw new Error(`the verifier key of ${name} has an id that is not its own`);
  const key = createPublicKey({ key: Buffer.concat([spkiPrefix, bytes.subarray(1)]), format: 'der', type: 'spki' });
  return { name, id, type, key };
}

/** Throws when the text is no checkpoint. Signatures are not looked at. @param {string} note @returns {Checkpoint} */
export function parseCheckpoint(note) {
  const split = note.lastIndexOf('\n\n');
  const text = note.slice(0, split + 1);
  const [origin, size, root] = text.split('\n');
  const lines = note.slice(split + 2).split('\n');
  if (split < 0 || lines.pop() !== '' || lines.length === 0) throw new Error('it is no signed note');
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size) || !/^[A-Za-z0-9+/]{43}=$/.test(root ?? '')) {
    throw new Error('it is no checkpoint: origin, size and root are expected, a line each');
  }
  const signatures = lines.map((line) => {
    const [, name, encoded] = /^\u2014 (\S+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? [];
    if (name === undefined) throw new Error('a signature line is malformed');
    return { name, bytes: Buffer.from(encoded, 'base64') };
  });
  return { origin, size: Number(size), root: Buffer.from(root, 'base64'), text, note, signatures };
}

/**
 * Of these keys, the ones that have signed. Lines of other keys say nothing; a line of one of these that does not verify throws.
 * @param {Checkpoint} checkpoint @param {readonly VerifierKey[]} keys @returns {{ name: string, id: string, time: number | null }[]}
 */
export function signersOf({ text, signatures }, keys) {
  return signatures.flatMap(({ name, bytes }) => {
    const id = bytes.subarray(0, 4).toString('hex');
    const found = keys.find((key) => key.name === name && key.id === id);
    if (found === undefined) return [];
    const isWitness = found.type === witnessType;
    const time = isWitness ? Number(bytes.subarray(4, 12).readBigUInt64BE()) : null;
    const message = isWitness ? `cosignature/v1\ntime ${time}\n${text}` : text;
    if (!verify(null, Buffer.from(message), found.key, bytes.subarray(isWitness ? 12 : 4))) {
      throw new Error(`the signature of ${name} does not hold`);
    }
    return [{ name, id, time }];
  });
}
