/** Requests a scan: the URL is checked, the wallet debited and the job queued, all or nothing. */
import { userError, type UserErrors } from '../../kernel/errors/index.js';
import {
  canonicalJson,
  sha256,
  write,
  type Writer,
  type WriteTransaction,
  type Written,
} from '../../kernel/write/index.js';
import {
  exceedsRate,
  findRequestState,
  insertScanJob,
  type RequestedScan,
  type RequestState,
} from '../repository/index.js';
import { checkTarget, type Resolve } from '../../kernel/outbound/index.js';
import type { ScanSettings } from '../settings.js';

export interface ScanRequestInput {
  readonly url: string;
  readonly clientKey?: string | null | undefined;
}

export type ScanRequestPayload = Written<{ scanJob: string; wallet: string }>;

export interface RequestDependencies {
  readonly settings: Pick<ScanSettings, 'price' | 'requestsPerMinute' | 'deadlineSeconds' | 'ports'>;
  readonly resolve: Resolve;
}

/** Two requests with a new key at once wait for each other before they come here; this is for what can't happen. */
const constraints = { scan_jobs_user_id_client_key_key: otherInput() };

export async function requestScan(
  writer: Writer,
  dependencies: RequestDependencies,
  input: ScanRequestInput,
): Promise<ScanRequestPayload> {
  const { subject: userId } = writer.auth.require();
  const clientKey = input.clientKey ?? null;
  const { price, deadlineSeconds, requestsPerMinute } = dependencies.settings;
  const options = { operation: 'scanRequest', clientKey, input: { url: input.url }, constraints };
  const inputHash = clientKey === null ? null : sha256(canonicalJson(options.input));
  const checked = await checkRequest(writer, dependencies, { userId, url: input.url, clientKey });
  return write(writer, options, async (tx) => {
    // Here, after the kept answers to client keys: a repeat gets its first one, whatever the name leads to by now.
    if ('refusal' in checked) throw checked.refusal;
    if ('made' in checked) {
      // The answer is no longer kept, and the job still knows its key.
      if (checked.made.inputHash !== inputHash) throw otherInput();
      return { scanJob: checked.made.jobId, wallet: checked.made.walletId };
    }
    const requested = await insertScanJob(tx, {
      userId,
      url: checked.href,
      price,
      deadlineSeconds,
      clientKey,
      inputHash,
    });
    if (requested === null) throw refusal((await findRequestState(tx, userId, null)).balance, price);
    if (requestsPerMinute > 0 && (await exceedsRate(tx, userId, requestsPerMinute))) throw tooMany(requestsPerMinute);
    recordRequest(tx, { ...requested, userId, price });
    return { scanJob: requested.jobId, wallet: requested.walletId };
  });
}

interface Made extends RequestedScan {
  readonly userId: string;
  readonly price: number;
}

function recordRequest(tx: WriteTransaction, { jobId, walletId, balanceAfter, userId, price }: Made): void {
  tx.record({
    type: 'ScanJob',
    key: jobId,
    action: 'scanJobRequested',
    details: { state: [null, 'QUEUED'], version: 1, price },
    account: userId,
    payload: { state: 'QUEUED', version: 1 },
  });
  if (price === 0) return;
  tx.record({
    type: 'Wallet',
    key: walletId,
    action: 'walletDebited',
    details: { amount: -price, balanceAfter, scanJob: jobId },
    account: userId,
    payload: { amount: -price, balanceAfter },
  });
}

interface Asked {
  readonly userId: string;
  readonly url: string;
  readonly clientKey: string | null;
}

type Checked =
  { readonly href: string } | { readonly refusal: UserErrors } | { readonly made: NonNullable<RequestState['made']> };

/**
 * What the request comes to, short of its debit. Outside of the transaction, because names are resolved here; and only for a
 * caller who could pay for the scan, so that nobody has names resolved for nothing.
 */
async function checkRequest(writer: Writer, dependencies: RequestDependencies, asked: Asked): Promise<Checked> {
  const { price, requestsPerMinute, ports } = dependencies.settings;
  const { balance, made } = await findRequestState(writer.database, asked.userId, asked.clientKey);
  if (made !== null) return { made };
  if (balance === null || balance < price) return { refusal: refusal(balance, price) };
  if (requestsPerMinute > 0 && (await exceedsRate(writer.database, asked.userId, requestsPerMinute - 1))) {
    return { refusal: tooMany(requestsPerMinute) };
  }
  const target = await checkTarget(asked.url, { ports, resolve: dependencies.resolve });
  return target.isAllowed ? { href: target.url.href } : { refusal: userError('VALIDATION', 'url', target.reason) };
}

function otherInput(): UserErrors {
  return userError(
    'IDEMPOTENCY_MISMATCH',
    'clientKey',
    'This clientKey was used before with another input. Use a new key.',
  );
}

function refusal(balance: number | null, price: number): UserErrors {
  return balance === null
    ? userError('NOT_FOUND', null, 'You have no wallet yet: register your account first.')
    : userError('INSUFFICIENT_CREDIT', null, `A scan costs ${price} credits; the wallet holds ${balance}.`);
}

function tooMany(limit: number): UserErrors {
  return userError('RATE_LIMITED', null, `An account may request ${limit} scans in a minute. Try again later.`);
}
