/** Answers one call of `POST /webhooks/github`. */
import { Identity } from '../../kernel/auth/index.js';
import type { Database } from '../../kernel/db/index.js';
import type { Logger } from '../../kernel/log/index.js';
import { takeDelivery, type DeliveryOutcome } from '../repository/webhook-deliveries.js';
import { toRequests } from './delivery.js';
import { isSignedBy, looksSigned } from './signature.js';

/** GitHub gives up after ten seconds. */
const answerWithinMs = 8_000;

export interface WebhookRequest {
  readonly requestId: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The bytes as they were sent: the signature is over them. */
  readBody(): Promise<Buffer>;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly body: { readonly outcome: string; readonly message?: string };
}

export interface WebhookOptions {
  readonly database: Database;
  /** Null refuses every delivery. */
  readonly secret: string | null;
  readonly log: Pick<Logger, 'error' | 'warn'>;
  readonly answerWithinMs?: number;
}

const sender = Identity.of({ subject: 'github-webhook', scopes: [] });
const deliveryId = /^[A-Za-z0-9-]{1,100}$/;

export function createWebhookHandler(options: WebhookOptions): (request: WebhookRequest) => Promise<WebhookAnswer> {
  const { database, secret, log } = options;
  return async (request) => {
    if (secret === null) return refused(503, 'No webhook secret is configured here.');
    const { headers } = request;
    if (!looksSigned(headers['x-hub-signature-256'])) return refused(401, 'X-Hub-Signature-256 is needed.');
    const body = await request.readBody();
    if (!isSignedBy(secret, body, headers['x-hub-signature-256'])) {
      return refused(401, 'The signature is not that of this body.');
    }
    const event = headers['x-github-event'] ?? '';
    const id = headers['x-github-delivery'] ?? '';
    if (!/^[a-z0-9_]{1,100}$/.test(event) || !deliveryId.test(id)) {
      return refused(400, 'X-GitHub-Event and X-GitHub-Delivery are needed.');
    }
    const payload = parse(body, headers['content-type']);
    if (payload === null) return refused(400, 'The body is no JSON object.');
    const action = typeof payload['action'] === 'string' ? payload['action'].slice(0, 100) : null;
    const requests = toRequests(event, action, payload);
    if (requests.length === 0) return { status: 202, body: { outcome: 'IGNORED' } };
    const taking = takeDelivery(
      { auth: sender, requestId: request.requestId, database },
      { id, event, action, requests },
    );
    const outcome = await within(options.answerWithinMs ?? answerWithinMs, taking).catch((error: unknown) => {
      log.error({ err: error, requestId: request.requestId }, 'a delivery of GitHub could not be taken');
      return null;
    });
    // GitHub shows it as failed and lets people redeliver; should the database still finish, the redelivery is a replay.
    if (outcome === null) return refused(503, 'The database did not answer in time. Deliver it again.');
    return { status: 202, body: { outcome: outcome === 'UNKNOWN' ? 'IGNORED' : outcome } };
  };
}

function refused(status: number, message: string): WebhookAnswer {
  return { status, body: { outcome: 'REFUSED', message } };
}

/** GitHub sends JSON, or a form whose field `payload` holds it. */
function parse(body: Buffer, contentType = ''): Record<string, unknown> | null {
  const isForm = contentType.startsWith('application/x-www-form-urlencoded');
  const text = body.toString('utf8');
  try {
    const parsed: unknown = JSON.parse(isForm ? (new URLSearchParams(text).get('payload') ?? '') : text);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Null when it takes longer. Its failure after that is nobody's any more. */
async function within(milliseconds: number, taking: Promise<DeliveryOutcome>): Promise<DeliveryOutcome | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null);
    }, milliseconds);
  });
  taking.catch(() => undefined);
  try {
    return await Promise.race([taking, late]);
  } finally {
    clearTimeout(timer);
  }
}
