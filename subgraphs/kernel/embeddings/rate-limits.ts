/** What an endpoint says about when it wants the next request. */

export interface Pause {
  /** From Retry-After (ms); 0 without one. */
  readonly retryAfterMs: number;
  /** The moment (ms since 1970) before which no request may follow; 0 when any may. */
  readonly until: number;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `retry-after-ms`, `retry-after` (seconds or a date) and `x-ratelimit-remaining-*` with `x-ratelimit-reset-*`. */
export function readPause(headers: Headers, now: number): Pause {
  const retryAfterMs = readRetryAfter(headers, now);
  const resets = ['requests', 'tokens'].map((what) => {
    const remaining = headers.get(`x-ratelimit-remaining-${what}`);
    return remaining !== null && Number(remaining) <= 0
      ? readDuration(headers.get(`x-ratelimit-reset-${what}`) ?? '')
      : 0;
  });
  const longest = Math.max(retryAfterMs, ...resets);
  return { retryAfterMs, until: longest === 0 ? 0 : now + longest };
}

function readRetryAfter(headers: Headers, now: number): number {
  const milliseconds = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (milliseconds >= 0) return milliseconds;
  const text = headers.get('retry-after') ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

/** `1s`, `6m0s`, `20ms`, or seconds alone (ms); 0 for anything else. */
function readDuration(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1_000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return 0;
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (units[unit] ?? 0);
  }
  return total;
}
