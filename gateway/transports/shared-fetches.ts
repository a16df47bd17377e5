/** Lets requests of one identity share the answer of an equal fetch of entities that is already on its way. */
import type { DocumentNode, ExecutionResult } from 'graphql';
import type { Identity } from '../../subgraphs/kernel/auth/index.js';
import type { GatewayContext, SubgraphRequest, SubgraphTransport } from '../executor/types.js';
import type { HeaderRule } from '../../subgraphs/kernel/config/index.js';
import { forwardedHeaders } from './forwarded-headers.js';

interface InFlight {
  readonly answer: Promise<ExecutionResult>;
  waiting: number;
  /** Nobody waits for it any more. */
  readonly giveUp: () => void;
}

/**
 * One for all subgraphs of a gateway. A mutation closes what is in flight to newcomers: whoever asks after it must not
 * be given what was read before it.
 */
export class SharedFetches {
  readonly #inFlight = new Map<string, InFlight>();
  /** The part of a key that is the same for each request of a plan's fetch. */
  readonly #asked = new WeakMap<DocumentNode, string>();
  readonly #forwardHeaders: readonly string[];
  readonly #requestHeaders: readonly HeaderRule[];

  /** The headers that a subgraph is sent: two requests that differ in one of them never share. */
  constructor(forwardHeaders: readonly string[] = ['authorization'], requestHeaders: readonly HeaderRule[] = []) {
    this.#forwardHeaders = forwardHeaders;
    this.#requestHeaders = requestHeaders;
  }

  wrap(transport: SubgraphTransport): SubgraphTransport {
    return {
      freshAnswers: false,
      keepsTime: transport.keepsTime,
      execute: (request) => this.#execute(transport, request),
      subscribe: (request) => transport.subscribe(request),
      dispose: () => transport.dispose(),
    };
  }

  async #execute(transport: SubgraphTransport, request: SubgraphRequest): Promise<ExecutionResult> {
    if (request.operationType === 'mutation') {
      this.#inFlight.clear();
      try {
        return await transport.execute(request);
      } finally {
        this.#inFlight.clear();
      }
    }
    if (!request.shareable) return transport.execute(request);
    const key = this.#keyOf(request);
    const known = this.#inFlight.get(key);
    if (known !== undefined) return join(known, request.context.signal);
    const started = this.#start(key, transport, request);
    return join(started, request.context.signal);
  }

  #start(key: string, transport: SubgraphTransport, request: SubgraphRequest): InFlight {
    const controller = new AbortController();
    const context: GatewayContext = { ...request.context, signal: controller.signal };
    const answer = (async () => transport.execute({ ...request, context }))();
    const forget = () => {
      if (this.#inFlight.get(key) === started) this.#inFlight.delete(key);
    };
    const giveUp = () => {
      forget();
      controller.abort();
    };
    const started: InFlight = { answer, waiting: 0, giveUp };
    this.#inFlight.set(key, started);
    void answer.then(forget, forget);
    return started;
  }

  #keyOf({ subgraph, document, text, variables, context }: SubgraphRequest): string {
    let asked = this.#asked.get(document);
    if (asked === undefined) this.#asked.set(document, (asked = JSON.stringify([subgraph, text])));
    const headers = forwardedHeaders(context, this.#forwardHeaders, this.#requestHeaders);
    // Each request has one of its own, which changes nothing of the answer.
    headers['x-request-id'] = '';
    return `${asked}${identityKey(context.identity)}${JSON.stringify([variables, headers])}`;
  }
}

/** A request has several fetches, and callers without a token are all of one identity. */
const identityKeys = new WeakMap<Identity, string>();

function identityKey(identity: Identity): string {
  let key = identityKeys.get(identity);
  if (key === undefined) {
    const { subject, scopes, expiresAt } = identity;
    identityKeys.set(identity, (key = JSON.stringify([subject, [...scopes].sort(), expiresAt])));
  }
  return key;
}

/** The fetch itself is given up only when everybody who waits for it has gone. */
function join(fetch: InFlight, signal: AbortSignal | undefined): Promise<ExecutionResult> {
  fetch.waiting += 1;
  if (signal === undefined) return fetch.answer;
  return new Promise((resolve, reject) => {
    const leave = () => {
      reject(signal.reason as Error);
      fetch.waiting -= 1;
      if (fetch.waiting === 0) fetch.giveUp();
    };
    signal.addEventListener('abort', leave, { once: true });
    const stay = () => signal.removeEventListener('abort', leave);
    fetch.answer.then(stay, stay);
    fetch.answer.then(resolve, reject);
  });
}
