/** Whether GitHub sent a body. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const form = /^sha256=([0-9a-f]{64})$/i;

/** Without one nobody need read 25 MB. */
export function looksSigned(signature: string | undefined): boolean {
  return form.test(signature ?? '');
}

/** `signature` is the header `X-Hub-Signature-256`; the bytes are compared in constant time. */
export function isSignedBy(secret: string, body: Buffer, signature: string | undefined): boolean {
  const [, hex = ''] = form.exec(signature ?? '') ?? [];
  const expected = createHmac('sha256', secret).update(body).digest();
  // A malformed signature is compared too: it takes the time that a wrong one takes.
  const given = Buffer.alloc(expected.length);
  const written = given.write(hex, 'hex');
  return timingSafeEqual(given, expected) && written === expected.length;
}
