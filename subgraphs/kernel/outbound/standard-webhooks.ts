/** Standard Webhooks: how a receiver knows that a message is ours and unchanged. */
import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';
/** Of the 24 to 64 that the specification allows. */
const secretBytes = 32;

export function newSigningSecret(): string {
  return `${prefix}${randomBytes(secretBytes).toString('base64')}`;
}

export interface SignedMessage {
  /** The same for every attempt: by it a receiver knows a message that it has had. */
  readonly id: string;
  /** Of this attempt; receivers refuse what is old. */
  readonly sentAt: Date;
  readonly body: string;
}

/** The three headers, with a signature for each secret: while one takes another's place, a receiver may hold either. */
export function signMessage({ id, sentAt, body }: SignedMessage, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
