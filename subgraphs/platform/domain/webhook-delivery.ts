/** How messages are tried again, and when an endpoint is left in peace for a while. */

export const webhookStatuses = ['ACTIVE', 'PAUSED', 'GONE', 'EXPIRED'] as const;
export type WebhookStatus = (typeof webhookStatuses)[number];

/** So many failures in a row, of whichever messages, are the endpoint's and not the message's. */
export const failuresToOpen = 5;
const firstDelayMs = 2_000;
const longestDelayMs = 3_600_000;
/** Of an endpoint that goes on failing: doubled with each message that tried, up to the second. */
export const circuitRest = { firstMs: 2_000, longestMs: 300_000 } as const;

/** Doubled with each attempt; somewhere in its upper half, so that what failed together is not tried together. `random` is 0 to 1. */
export function retryDelayMs(attempts: number, random: number): number {
  return spread(Math.min(firstDelayMs * 2 ** (attempts - 1), longestDelayMs), random);
}

function spread(ms: number, random: number): number {
  return Math.round(ms / 2 + (ms / 2) * random);
}

export type Outcome = 'DELIVERED' | 'FAILED' | 'GONE';

/** Standard Webhooks: 2xx has taken it, 410 wants no more of it; a redirect is a failure like any other. */
export function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'DELIVERED';
  return status === 410 ? 'GONE' : 'FAILED';
}

/** What `Retry-After` asks for: seconds or a date, an hour at most. */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), longestDelayMs);
}
