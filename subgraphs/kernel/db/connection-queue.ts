/** Shares connections out: so many to a caller and to a request at most, and to those who wait in turns. */
import { RequestError } from '../errors/index.js';
import { endOf, type Lane } from './lane.js';

export interface QueueOptions {
  /** Connections that there are. */
  readonly size: number;
  /** How long a caller's statement waits for one. */
  readonly waitMs: number;
  /** How long work of the process itself waits for one. */
  readonly patientWaitMs?: number;
  /** Told of each statement that waited in vain. */
  readonly onBusy?: (lane: Lane) => void;
}

export interface QueueState {
  readonly size: number;
  readonly inUse: number;
  readonly waiting: number;
  /** Callers with a connection or waiting for one. */
  readonly callers: number;
  /** Statements that were refused because no connection was to be had, since the start. */
  readonly refused: number;
}

/** A connection's use. Give it back exactly once. */
export interface Permit {
  release(): void;
}

/** Statements of one caller that wait: more are refused at once. */
const longestQueue = 2_000;
/** Seconds after which a refused caller is told to come again. */
export const retryAfterSeconds = 2;
/** What all anonymous callers hold together, in parts of what they leave free. */
const anonymousShare = 3;

interface Waiter {
  readonly lane: Lane;
  grant(permit: Permit): void;
}

interface RequestQueue {
  held: number;
  readonly waiters: Set<Waiter>;
}

interface CallerQueue {
  readonly name: string;
  readonly kind: Lane['kind'];
  readonly isAnonymous: boolean;
  held: number;
  waiting: number;
  /** In the order of their turns. */
  readonly requests: Map<string, RequestQueue>;
}

/**
 * Why a caller's share moves: one caller may hold as many connections as are left free, so the first gets half, a second a
 * third, and there is always one left for the next who comes; a fixed share would either waste connections on a quiet
 * machine or be used up by a few callers. Why in turns: the longest queue would otherwise get the most.
 */
export class ConnectionQueue {
  readonly #options: QueueOptions;
  readonly #callers = new Map<string, CallerQueue>();
  /** Those with statements that wait, in the order of their turns. */
  readonly #turns = new Map<string, CallerQueue>();
  /** Of transactions that need a second connection: their first is free only once they are done. */
  readonly #nested = new Set<Waiter>();
  /** What system and workers can always have, each. */
  readonly #reserve: number;
  readonly #perRequest: number;
  readonly #held = { caller: 0, worker: 0, system: 0 };
  #anonymousHeld = 0;
  #waiting = 0;
  #refused = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
    const { size } = options;
    this.#reserve = size < 4 ? 0 : Math.max(1, Math.floor(size / 10));
    this.#perRequest = Math.max(1, Math.floor(size / 5));
  }

  get state(): QueueState {
    return {
      size: this.#options.size,
      inUse: this.#inUse,
      waiting: this.#waiting,
      callers: this.#callers.size,
      refused: this.#refused,
    };
  }

  /**
   * A connection's use, at once or when its turn comes. `isNested` is work of a transaction that holds one already. Rejects
   * with SERVER_BUSY when none was to be had in time, and with the signal's reason when that comes first.
   */
  acquire(lane: Lane, isNested = false): Permit | Promise<Permit> {
    if (lane.signal?.aborted === true) return Promise.reject(endOf(lane.signal));
    const caller = this.#callerOf(lane);
    const request = requestOf(caller, lane);
    if (isNested ? this.#free > 0 : this.#mayHave(caller, request)) return this.#grant(caller, request, lane);
    if (caller.waiting >= longestQueue) {
      this.#forgetIdle(caller, lane.request, request);
      return Promise.reject(this.#refuse(lane));
    }
    return this.#wait(caller, request, lane, isNested);
  }

  #wait(caller: CallerQueue, request: RequestQueue, lane: Lane, isNested: boolean): Promise<Permit> {
    const { waitMs, patientWaitMs = waitMs } = this.#options;
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        lane.signal?.removeEventListener('abort', onAbort);
        this.#waiting -= 1;
        caller.waiting -= 1;
        request.waiters.delete(waiter);
        this.#nested.delete(waiter);
        if (caller.waiting === 0) this.#turns.delete(caller.name);
      };
      const waiter: Waiter = {
        lane,
        grant: (permit) => {
          leave();
          resolve(permit);
        },
      };
      const giveUp = (error: Error): void => {
        leave();
        this.#forgetIdle(caller, lane.request, request);
        reject(error);
      };
      const onAbort = (): void => giveUp(endOf(lane.signal));
      const timer = setTimeout(
        () => giveUp(this.#refuse(lane)),
        lane.kind === 'caller' ? waitMs : Math.max(waitMs, patientWaitMs),
      );
      lane.signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting += 1;
      caller.waiting += 1;
      if (isNested) this.#nested.add(waiter);
      else {
        request.waiters.add(waiter);
        this.#turns.set(caller.name, caller);
      }
    });
  }

  get #inUse(): number {
    return this.#held.caller + this.#held.worker + this.#held.system;
  }

  get #free(): number {
    return this.#options.size - this.#inUse;
  }

  /** Of `kind`'s reserve, what it does not use now: nobody else gets it. */
  #kept(kind: 'worker' | 'system'): number {
    return Math.max(0, this.#reserve - this.#held[kind]);
  }

  #mayHave(caller: CallerQueue, request: RequestQueue): boolean {
    if (this.#free <= 0) return false;
    switch (caller.kind) {
      case 'system':
        return this.#free > this.#kept('worker');
      case 'worker':
        return this.#held.worker < this.#reserve || caller.held < this.#free - this.#kept('system');
      case 'caller': {
        const free = this.#free - this.#kept('worker') - this.#kept('system');
        if (caller.isAnonymous && this.#anonymousHeld >= free * anonymousShare) return false;
        return caller.held < free && request.held < this.#perRequest;
      }
    }
  }

  #grant(caller: CallerQueue, request: RequestQueue, lane: Lane): Permit {
    this.#count(caller, request, 1);
    let isHeld = true;
    return {
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#count(caller, request, -1);
        this.#handOut();
        this.#forgetIdle(caller, lane.request, request);
      },
    };
  }

  #count(caller: CallerQueue, request: RequestQueue, change: 1 | -1): void {
    this.#held[caller.kind] += change;
    if (caller.isAnonymous) this.#anonymousHeld += change;
    caller.held += change;
    request.held += change;
  }

  /** Everything that may be had now. Only what is given back makes anything possible that was not, so nobody else looks. */
  #handOut(): void {
    for (const waiter of this.#nested) {
      if (this.#free <= 0) return;
      const caller = this.#callerOf(waiter.lane);
      waiter.grant(this.#grant(caller, requestOf(caller, waiter.lane), waiter.lane));
    }
    while (this.#free > 0 && this.#handToNext());
  }

  #handToNext(): boolean {
    for (const caller of this.#turns.values()) {
      for (const [name, request] of caller.requests) {
        const [waiter] = request.waiters;
        if (waiter === undefined || !this.#mayHave(caller, request)) continue;
        toTheEnd(caller.requests, name, request);
        toTheEnd(this.#turns, caller.name, caller);
        waiter.grant(this.#grant(caller, request, waiter.lane));
        return true;
      }
    }
    return false;
  }

  #callerOf({ kind, caller: name, isAnonymous = false }: Lane): CallerQueue {
    const key = `${kind}:${name}`;
    let caller = this.#callers.get(key);
    if (caller === undefined) {
      caller = { name: key, kind, isAnonymous, held: 0, waiting: 0, requests: new Map() };
      this.#callers.set(key, caller);
    }
    return caller;
  }

  #forgetIdle(caller: CallerQueue, name: string, request: RequestQueue): void {
    if (request.held === 0 && request.waiters.size === 0) caller.requests.delete(name);
    if (caller.held === 0 && caller.waiting === 0) this.#callers.delete(caller.name);
  }

  #refuse(lane: Lane): RequestError {
    this.#refused += 1;
    this.#options.onBusy?.(lane);
    return new RequestError(
      'SERVER_BUSY',
      `The server is busy: no database connection became free in time. Try again in ${retryAfterSeconds} seconds.`,
      { extensions: { retryAfterSeconds } },
    );
  }
}

function requestOf(caller: CallerQueue, { request: name }: Lane): RequestQueue {
  let request = caller.requests.get(name);
  if (request === undefined) caller.requests.set(name, (request = { held: 0, waiters: new Set() }));
  return request;
}

function toTheEnd<Value>(turns: Map<string, Value>, name: string, value: Value): void {
  turns.delete(name);
  turns.set(name, value);
}
