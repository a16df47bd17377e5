/** One attempt at one message: its body is made, signed and posted, and what came of it is kept. */
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import type { Keyring } from '../../kernel/encryption/index.js';
import { cursorOfPosition } from '../../kernel/events/index.js';
import { OutboundFailure, signMessage, type Outbound, type OutboundAnswer } from '../../kernel/outbound/index.js';
import type { AskGraph } from '../../kernel/subgraph/domain-process.js';
import { write, type Writer } from '../../kernel/write/index.js';
import { cloudEventBody, cloudEventType } from '../domain/cloud-event.js';
import { outcomeOf, retryAfterMs, retryDelayMs } from '../domain/webhook-delivery.js';
import { ownerOfSecret, setEndpointStatus } from '../repository/webhook-endpoints.js';
import {
  storeDelivered,
  storeFailed,
  type AttemptNote,
  type ClaimedMessage,
  type Failure,
} from '../repository/webhook-messages.js';

export interface SendDoors {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly outbound: Outbound;
  readonly ask: AskGraph;
  readonly source: string;
  readonly timeoutMs: number;
  readonly maxAttempts: number;
  readonly writer: Writer;
}

/** Of an answer, in bytes: enough to see what is wrong. */
const keptAnswer = 4_000;
/** Of a message with the answer of a document. */
const largestBody = 1_000_000;

/** Something on this side, which says nothing of the endpoint. */
class OwnFault extends Error {}

export async function sendMessage(doors: SendDoors, message: ClaimedMessage, signal: AbortSignal): Promise<void> {
  const startedAt = new Date();
  const started = performance.now();
  const noteOf = (answer: OutboundAnswer | null, error: string | null): AttemptNote => ({
    startedAt,
    durationMs: Math.round(performance.now() - started),
    httpStatus: answer?.status ?? null,
    answer: answer === null || error === null ? null : toText(answer.body),
    error,
  });
  let answer: OutboundAnswer;
  try {
    answer = await post(doors, message, signal);
  } catch (error) {
    if (!(error instanceof OutboundFailure) && !(error instanceof OwnFault)) throw error;
    return fail(doors, message, noteOf(null, error.message), { isTheirs: error instanceof OutboundFailure, waitMs: 0 });
  }
  const outcome = outcomeOf(answer.status);
  if (outcome === 'DELIVERED') return storeDelivered(doors.database, message, noteOf(answer, null));
  const waitMs = retryAfterMs(answer.headers['retry-after'], Date.now());
  const note = noteOf(answer, `The endpoint answered ${answer.status}.`);
  if (outcome === 'GONE') await switchOff(doors.writer, message);
  return fail(doors, message, note, { isTheirs: true, waitMs });
}

async function post(doors: SendDoors, message: ClaimedMessage, signal: AbortSignal): Promise<OutboundAnswer> {
  const id = `msg_${message.id}`;
  const body = await bodyOf(doors, message, id, signal);
  const signed = signMessage({ id, sentAt: new Date(), body }, secretsOf(doors.keyring, message));
  const { timeoutMs } = doors;
  const headers = { 'content-type': cloudEventType, ...signed };
  return doors.outbound.send({
    url: message.url,
    method: 'POST',
    headers,
    body,
    timeoutMs,
    maxAnswerBytes: keptAnswer,
    signal,
  });
}

function secretsOf(keyring: Keyring, message: ClaimedMessage): string[] {
  const { endpointId, secret, secretKeyId, previousSecret, previousSecretKeyId } = message;
  if (!keyring.has(secretKeyId)) throw new OwnFault('No key at hand opens the secret: rotate it.');
  const owner = ownerOfSecret(endpointId);
  const secrets = [keyring.open({ text: secret, keyId: secretKeyId }, owner)];
  if (previousSecret !== null && previousSecretKeyId !== null && keyring.has(previousSecretKeyId)) {
    secrets.push(keyring.open({ text: previousSecret, keyId: previousSecretKeyId }, owner));
  }
  return secrets;
}

async function bodyOf(doors: SendDoors, message: ClaimedMessage, id: string, signal: AbortSignal): Promise<string> {
  const cursor = cursorOfPosition(message.position);
  const answer = message.documentId === null ? null : await answerOf(doors, message, message.documentId, signal);
  const body = cloudEventBody({ ...message, cursor }, { id, source: doors.source, sequence: message.position, answer });
  if (Buffer.byteLength(body) > largestBody) throw new OwnFault(`The message is larger than ${largestBody} bytes.`);
  return body;
}

/** Answers that may be others a moment later: such a message would say nothing of its change. */
const passing: ReadonlySet<string> = new Set([
  'SUBGRAPH_UNAVAILABLE',
  'DATABASE_UNAVAILABLE',
  'SERVER_BUSY',
  'EMBEDDINGS_UNAVAILABLE',
  'TIMEOUT',
  'INTERNAL_SERVER_ERROR',
]);

/** Asked anew for each attempt: what is sent is as it is then, and nothing of it is kept. */
async function answerOf(
  { ask }: SendDoors,
  message: ClaimedMessage,
  documentId: string,
  signal: AbortSignal,
): Promise<string> {
  const { type, action, position, entityId, owner, scopes } = message;
  const { text, codes } = await ask({
    documentId,
    variables: { id: entityId, type, action, cursor: cursorOfPosition(position) },
    identity: Identity.of({ subject: owner, scopes }),
    requestId: `webhook-${message.id}`,
    signal,
  });
  const fault = codes.find((code) => passing.has(code));
  if (fault !== undefined) throw new OwnFault(`The document could not be answered: ${fault}.`);
  return text;
}

async function fail(
  doors: SendDoors,
  message: ClaimedMessage,
  note: AttemptNote,
  { isTheirs, waitMs }: { readonly isTheirs: boolean; readonly waitMs: number },
): Promise<void> {
  const isDead = message.attempt >= doors.maxAttempts;
  const retryInMs = isDead ? null : Math.max(retryDelayMs(message.attempt, Math.random()), waitMs);
  const failure: Failure = { retryInMs, isTheirs };
  if (!isDead) return void (await storeFailed(doors.database, message, note, failure));
  // Of a dead letter its owner is told.
  await write(doors.writer, { operation: 'webhookMessageDie' }, async (tx) => {
    const isOurs = await storeFailed(tx, message, note, failure);
    const details = { attempts: message.attempt, error: note.error };
    const { id: key, owner: account } = message;
    if (isOurs) tx.record({ type: 'WebhookMessage', key, action: 'webhookMessageDied', details, account });
    return {};
  });
}

async function switchOff(writer: Writer, { endpointId, owner }: ClaimedMessage): Promise<void> {
  await write(writer, { operation: 'webhookEndpointGone' }, async (tx) => {
    if (await setEndpointStatus(tx, endpointId, 'GONE'))
      tx.record({ type: 'WebhookEndpoint', key: endpointId, action: 'webhookEndpointGone', account: owner });
    return {};
  });
}

/** What the database can keep, whatever the bytes are. */
function toText(body: Buffer): string {
  return body.toString('utf8').replaceAll('\0', '\ufffd').slice(0, 1_000);
}
