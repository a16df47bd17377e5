/** Requests a scan: the URL is checked, the wallet debited and the job queued, all or nothing. */
import { userError, type UserErrors } from '../../kernel/errors/index.js';
import { canonicalJson, sha256, write, type Writer, type Written } from '../../kernel/write/index.js';
import { exceedsRate, findStanding, insertScanJob } from '../repository/index.js';
import { checkTarget, type Resolve } from '../scanner/index.js';
import type { ScanSettings } from '../settings.js';

export interface ScanRequestInput {
  readonly url: string;
  readonly clientKey?: string | null | undefined;
}

export type ScanRequestPayload = Written<{ scanJob: string; wallet: string }>;

export interface RequestDoors {
  readonly settings: Pick<ScanSettings, 'price' | 'requestsPerMinute' | 'deadlineSeconds' | 'ports'>;
  readonly resolve: Resolve;
}

/** A job remembers its own client key, also where the key's first answer is no longer kept. */
const constraints = {
  scan_jobs_user_id_client_key_key: userError(
    'IDEMPOTENCY_MISMATCH',
    'clientKey',
    'This clientKey was used before for another scan. Use a new key.',
  ),
};

export async function requestScan(
  writer: Writer,
  doors: RequestDoors,
  input: ScanRequestInput,
): Promise<ScanRequestPayload> {
  const { subject: userId } = writer.auth.require();
  const clientKey = input.clientKey ?? null;
  const checked = await checkRequest(writer, doors, { userId, url: input.url, clientKey });
  const { price, deadlineSeconds, requestsPerMinute } = doors.settings;
  const options = { operation: 'scanRequest', clientKey, input: { url: input.url }, constraints };
  return write(writer, options, async (tx) => {
    // Thrown inside, after the client key was looked up: a repeat gets its first answer, whatever names lead to by now.
    if (typeof checked !== 'string') throw checked;
    const inputHash = clientKey === null ? null : sha256(canonicalJson(options.input));
    const requested = await insertScanJob(tx, { userId, url: checked, price, deadlineSeconds, clientKey, inputHash });
    if (requested === null) throw refusal((await findStanding(tx, userId, null)).balance, price);
    if (requestsPerMinute > 0 && (await exceedsRate(tx, userId, requestsPerMinute))) throw tooMany(requestsPerMinute);
    const { jobId, walletId, balanceAfter } = requested;
    tx.record(
      {
        type: 'ScanJob',
        key: jobId,
        action: 'scanJobRequested',
        details: { state: [null, 'QUEUED'], version: 1, price },
        account: userId,
        payload: { state: 'QUEUED', version: 1 },
      },
      {
        type: 'Wallet',
        key: walletId,
        action: 'walletDebited',
        details: { amount: -price, balanceAfter, scanJob: jobId },
        account: userId,
        payload: { amount: -price, balanceAfter },
      },
    );
    return { scanJob: jobId, wallet: walletId };
  });
}

interface Asked {
  readonly userId: string;
  readonly url: string;
  readonly clientKey: string | null;
}

/**
 * The normalised URL, or why not. Outside of the transaction, because names are resolved here; and only for a caller who
 * could pay for the scan, so that nobody has names resolved for nothing.
 */
async function checkRequest(writer: Writer, doors: RequestDoors, asked: Asked): Promise<string | UserErrors> {
  const { price, requestsPerMinute, ports } = doors.settings;
  const { balance, isRepeat } = await findStanding(writer.database, asked.userId, asked.clientKey);
  if (isRepeat) return asked.url;
  if (balance === null || balance < price) return refusal(balance, price);
  if (requestsPerMinute > 0 && (await exceedsRate(writer.database, asked.userId, requestsPerMinute - 1))) {
    return tooMany(requestsPerMinute);
  }
  const target = await checkTarget(asked.url, { ports, resolve: doors.resolve });
  return target.isAllowed ? target.url.href : userError('VALIDATION', 'url', target.reason);
}

function refusal(balance: number | null, price: number): UserErrors {
  return balance === null
    ? userError('NOT_FOUND', null, 'You have no wallet yet: register your account first.')
    : userError('INSUFFICIENT_CREDIT', null, `A scan costs ${price} credits; the wallet holds ${balance}.`);
}

function tooMany(limit: number): UserErrors {
  return userError('RATE_LIMITED', null, `An account may request ${limit} scans in a minute. Try again later.`);
}
