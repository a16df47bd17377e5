/** What a process does for a domain: how its subgraph is made, and all that goes on beside answering. */
import type { Readable } from 'node:stream';
import type { Identity } from '../auth/index.js';
import type { Config } from '../config/index.js';
import type { Database } from '../db/index.js';
import type { Keyring } from '../encryption/index.js';
import type { Logger } from '../log/index.js';
import type { SubgraphDefinition } from './index.js';

/** An operation that was registered beforehand, asked as somebody. */
export interface GraphQuestion {
  readonly documentId: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly identity: Identity;
  readonly requestId: string;
  readonly signal: AbortSignal;
}

export interface GraphAnswer {
  /** The whole answer as JSON text, in which numbers are exact. */
  readonly text: string;
  /** Of its errors. */
  readonly codes: readonly string[];
}

/** Asks the whole graph a query, with all its limits. What can't be asked is an answer with errors, too. */
export type AskGraph = (question: GraphQuestion) => Promise<GraphAnswer>;

export interface DomainServices {
  readonly config: Config;
  readonly database: Database;
  readonly log: Logger;
  /** The other domains, for one that speaks of all entities. */
  readonly others: () => Promise<readonly SubgraphDefinition[]>;
  /** The graph is loaded with the first question. */
  readonly ask: AskGraph;
}

export interface StartedWork {
  /** Takes up nothing more, and lets what is under way finish. */
  stop(): Promise<void>;
}

export type StartWork = (services: DomainServices) => Promise<StartedWork>;

/** Work that waits in the database, for any number of processes. */
export interface Worker {
  /** For the help of `weft worker`. */
  readonly description: string;
  readonly start: StartWork;
}

export interface RouteRequest {
  readonly requestId: string;
  /** `HEAD` too, for a route of `GET`. */
  readonly method: string;
  /** What stands in the path for its `:name`. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readBody(): Promise<Buffer>;
  readonly body: Readable;
  authenticate(): Promise<Identity>;
}

export interface RouteResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent as it comes; another object as JSON; nothing is an empty body. */
  readonly body?: object | string | undefined;
}

/** An address beside the graph. */
export interface DomainRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/webhooks/github`, or with a part that is any: `/documents/:id`. */
  readonly path: string;
  readonly maxBodyBytes: (config: Config) => number;
  /** True: the body of a caller who is known may take as long as it moves. */
  readonly mayBeSlow?: boolean;
  /** True refuses what pages of foreign origins send. */
  readonly checksOrigin?: boolean;
  /** Called with the first request: a start does not wait for it. */
  readonly open: (services: DomainServices) => Promise<(request: RouteRequest) => Promise<RouteResponse>>;
}

export interface Rotation {
  readonly rotated: number;
  /** Names of what no key at hand opens. */
  readonly unreadable: readonly string[];
}

/** What a domain keeps encrypted, as `weft rotate-key` speaks of it. */
export interface StoredSecrets {
  /** `3 tokens`. */
  readonly count: (rotated: number) => string;
  /** What nobody can read any more, and what to do. */
  readonly lost: (name: string) => string;
  readonly rotate: (database: Database, keyring: Keyring) => Promise<Rotation>;
}

/**
 * The default export of a domain's `process.ts`. It is loaded by every process, whatever that serves, so it imports nothing of
 * its domain but dynamically.
 */
export interface DomainProcess {
  /** `others` are the domains beside it, for one whose subgraph speaks of all entities. */
  readonly createSubgraph: (
    config: Config,
    others: () => Promise<readonly SubgraphDefinition[]>,
  ) => Promise<SubgraphDefinition>;
  readonly routes?: readonly DomainRoute[];
  /** What every process that serves it does at intervals. */
  readonly sweeps?: readonly StartWork[];
  /** By the option of `weft worker`. */
  readonly workers?: Readonly<Record<string, Worker>>;
  /** By the hour: removes what has expired, and of what is kept as long as events what is older. */
  readonly tidy?: (database: Database, olderThan: Date) => Promise<unknown>;
  readonly secrets?: StoredSecrets;
  /** Mutations whose inputs carry files, logs, vectors or what a worker has made: only they may be large. */
  readonly ingests?: readonly string[];
  /**
   * What single fields cost beside the objects they answer, by `Type.field`; 1 is about 40 µs of the database. Measured on the
   * large demo data (`npm run bench -- expensive`). What conditions and totals cost is the gateway's own and holds for every connection.
   */
  readonly weights?: Readonly<Record<string, number>>;
}

/** The work of something that runs until it is aborted. */
export function untilAborted(run: (signal: AbortSignal) => Promise<unknown>): StartedWork {
  const stopping = new AbortController();
  const ended = run(stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
