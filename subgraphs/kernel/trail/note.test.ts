import { describe, expect, test } from '@jest/globals';
import { generateNoteKey, isSignedBy, parseCheckpoint, parseNoteSigner, signCheckpoint } from './note.js';

describe('published vectors', () => {
  // golang.org/x/mod/sumdb/note, in its examples.
  const peter = {
    key: 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
    verifierKey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
    line: '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
  };

  test('a key of Go signs the bytes that Go signs', () => {
    const signer = parseNoteSigner(peter.key);
    expect(signer.verifierKey).toBe(peter.verifierKey);
    expect(signer.signatureLine(peter.text)).toBe(peter.line);
    expect(isSignedBy(`${peter.text}\n${peter.line}`, [peter.verifierKey])).toBe(true);
    expect(isSignedBy(`${peter.text.replace('If', 'if')}\n${peter.line}`, [peter.verifierKey])).toBe(false);
  });

  test('the example of C2SP signed-note verifies', () => {
    const note =
      'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
    expect(isSignedBy(note, ['example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'])).toBe(true);
  });
});

test('a checkpoint is what was signed, by each of its keys', () => {
  const [now, before, other] = ['log.example/weft', 'log.example/weft', 'log.example/weft'].map((name) =>
    parseNoteSigner(generateNoteKey(name)),
  );
  const head = { origin: 'log.example/weft', size: 42, root: new Uint8Array(32).fill(7) };
  const note = signCheckpoint(head, [now!, before!]);
  expect(note.split('\n').slice(0, 4)).toEqual(['log.example/weft', '42', Buffer.alloc(32, 7).toString('base64'), '']);
  expect(parseCheckpoint(note)).toEqual({ ...head, root: Buffer.alloc(32, 7) });
  for (const { verifierKey } of [now!, before!]) expect(isSignedBy(note, [verifierKey])).toBe(true);
  expect(isSignedBy(note, [other!.verifierKey])).toBe(false);
  expect(isSignedBy(note.replace('\n42\n', '\n43\n'), [now!.verifierKey])).toBe(false);
  expect(['', 'a\nb\n', note.slice(0, 60), note.replace('\n42\n', '\n042\n')].map(parseCheckpoint)).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

test.each([
  ['another text', 'a key'],
  ['a key whose id is of another name', generateNoteKey('one').replace('+one+', '+two+')],
  ['a cut key', generateNoteKey('one').slice(0, -8)],
])('%s is refused without showing it', (_, text) => {
  expect(() => parseNoteSigner(text)).toThrow(/^The key of the audit trail is no Ed25519 key of a signed note/);
});
