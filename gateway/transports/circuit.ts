/** Spares callers the wait for a subgraph that lets fetch after fetch time out. */
import type { SubgraphRequest, SubgraphTransport } from '../executor/types.js';
import { unavailable } from './unavailable.js';

export interface CircuitReports {
  /** When it opens, when it opens again after a probe, and when it closes. */
  readonly onChange?: (change: CircuitChange) => void;
  readonly onRefused?: (subgraph: string) => void;
}

export interface CircuitChange {
  readonly subgraph: string;
  readonly isOpen: boolean;
  /** Until the next fetch is let through to see; 0 when closed. */
  readonly restMilliseconds: number;
}

export interface CircuitOptions extends CircuitReports {
  readonly name: string;
  /** What a fetch may take. One that was given up after half of it, for whatever reason, counts as timed out. */
  readonly timeoutMilliseconds: number;
  /** Time-outs in a row, without an answer to anybody between them, that open it. Default 3. */
  readonly maxTimeouts?: number;
  /** Doubles with each probe that fails. Default 1,000. */
  readonly firstRestMilliseconds?: number;
  /** Default 30,000. */
  readonly longestRestMilliseconds?: number;
  /** Default `performance.now`. */
  readonly now?: () => number;
}

/**
 * Closed, every fetch goes through. After some time-outs in a row it opens: fetches fail at once, until its rest is over
 * and one is let through as a probe. An answer, whoever got it, closes it: so callers whose own questions are slow can't
 * take the subgraph from others. A connection that is refused fails at once by itself, and opens nothing.
 */
export function withCircuit(
  execute: SubgraphTransport['execute'],
  options: CircuitOptions,
): SubgraphTransport['execute'] {
  const { name, timeoutMilliseconds, onChange, onRefused, now = () => performance.now() } = options;
  const { maxTimeouts = 3, firstRestMilliseconds = 1_000, longestRestMilliseconds = 30_000 } = options;
  let timeouts = 0;
  /** 0: closed. */
  let rest = 0;
  let restsUntil = 0;
  let isProbing = false;

  const open = () => {
    rest = rest === 0 ? firstRestMilliseconds : Math.min(longestRestMilliseconds, rest * 2);
    restsUntil = now() + rest;
    onChange?.({ subgraph: name, isOpen: true, restMilliseconds: rest });
  };
  const answered = () => {
    timeouts = 0;
    if (rest === 0) return;
    rest = 0;
    onChange?.({ subgraph: name, isOpen: false, restMilliseconds: 0 });
  };
  const failed = (startedAt: number, isProbe: boolean, isGivenUp: boolean) => {
    const isTimeout = now() - startedAt >= timeoutMilliseconds / 2;
    if (isTimeout) timeouts += 1;
    // A probe whose caller left early has shown nothing: the next fetch is the next probe.
    if (isProbe) {
      if (isTimeout || !isGivenUp) open();
    } else if (rest === 0 && timeouts >= maxTimeouts) open();
  };

  return async (request: SubgraphRequest) => {
    const isProbe = rest > 0;
    if (isProbe) {
      if (isProbing || now() < restsUntil) {
        onRefused?.(name);
        throw unavailable(name, 'it did not answer several times in a row: it is asked again from time to time');
      }
      isProbing = true;
    }
    const startedAt = now();
    try {
      const answer = await execute(request);
      answered();
      return answer;
    } catch (error) {
      failed(startedAt, isProbe, request.context.signal?.aborted === true);
      throw error;
    } finally {
      if (isProbe) isProbing = false;
    }
  };
}
