/** Whose work a statement is: what the connections are shared out by. */
import { RequestError } from '../errors/index.js';

/**
 * `caller`: a request of somebody outside, held to the share of that caller and of that request. `worker`: jobs of this
 * process. `system`: what all others rest on (the feed, readiness, sealing, commands); it is held to no share.
 */
export type LaneKind = 'caller' | 'worker' | 'system';

export interface Lane {
  readonly kind: LaneKind;
  /** Who: everything under one name shares one share. */
  readonly caller: string;
  /** Which request of theirs: it has a share of the caller's. */
  readonly request: string;
  /** Nobody knows who it is: all such callers together are held to a share as well. */
  readonly isAnonymous?: boolean;
  /** Ends what waits and cancels what runs. */
  readonly signal?: AbortSignal | undefined;
}

/** Of a Database that was not told whose work it does. */
export const systemLane: Lane = { kind: 'system', caller: 'system', request: '' };

/** For what a process does by itself, beside answering. */
export const workerLane: Lane = { kind: 'worker', caller: 'workers', request: '' };

/** Why `signal` ended the work, as a caller may read it. */
export function endOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof RequestError ? reason : new RequestError('TIMEOUT', 'The caller has gone away.');
}
