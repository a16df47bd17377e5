/** The issuer's public keys, fetched from its URL: the last good set serves on while none can be had. */
import {
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWK,
  type JWSHeaderParameters,
} from 'jose';
import type { Logger } from '../log/index.js';
import { parsePublicKeys } from './public-keys.js';

/** Keys are fetched anew after this, so that a withdrawn key stops working. */
const freshMilliseconds = 10 * 60_000;
const fetchTimeoutMilliseconds = 5_000;
/** A key set is a few kilobytes. */
const largestAnswer = 1024 * 1024;

export interface RemoteKeyOptions {
  readonly url: URL;
  /** Shortest time between two fetches: an attacker's unknown key ids must not cause one each. */
  readonly cooldownMilliseconds: number;
  readonly freshMilliseconds?: number | undefined;
  readonly log?: Pick<Logger, 'warn' | 'info'> | undefined;
}

export interface KeyState {
  /** `fresh`; `stale`: the last good set, as no newer one could be had; `missing`: there never was one. */
  readonly state: 'fresh' | 'stale' | 'missing';
  /** Seconds since the set in use was fetched; null without one. */
  readonly ageSeconds: number | null;
  /** Fetches that gave no usable set, since the start. */
  readonly failures: number;
}

interface KeySet {
  readonly find: ReturnType<typeof createLocalJWKSet>;
  readonly fetchedAt: number;
}

export class RemoteKeys {
  readonly #options: RemoteKeyOptions;
  readonly #freshMilliseconds: number;
  #keys: KeySet | undefined;
  #fetching: Promise<void> | undefined;
  #triedAt = -Infinity;
  #failure: unknown;
  #failures = 0;

  constructor(options: RemoteKeyOptions) {
    this.#options = options;
    this.#freshMilliseconds = options.freshMilliseconds ?? freshMilliseconds;
  }

  /** The key that a token names. Throws jose's JWKSNoMatchingKey, or why there is no set at all. */
  readonly key = async (header?: JWSHeaderParameters, token?: FlattenedJWSInput) => {
    await this.#refreshWhenDue();
    const keys = this.#keys;
    if (keys === undefined) throw this.#failure;
    try {
      return await keys.find(header, token);
    } catch (error) {
      const canLook = this.#fetching !== undefined || this.#mayFetch;
      if (!(error instanceof errors.JWKSNoMatchingKey) || !canLook) throw error;
      // Perhaps the issuer has a new one.
      await this.#fetch();
      return await (this.#keys ?? keys).find(header, token);
    }
  };

  state(): KeyState {
    const fetchedAt = this.#keys?.fetchedAt;
    if (fetchedAt === undefined) return { state: 'missing', ageSeconds: null, failures: this.#failures };
    const isStale = this.#isDue && this.#failure !== undefined;
    return {
      state: isStale ? 'stale' : 'fresh',
      ageSeconds: Math.round((performance.now() - fetchedAt) / 1000),
      failures: this.#failures,
    };
  }

  /** Has a set now if one can be had: for who asks about readiness. */
  async ensure(): Promise<KeyState> {
    await this.#refreshWhenDue();
    return this.state();
  }

  get #isDue(): boolean {
    return this.#keys === undefined || performance.now() - this.#keys.fetchedAt >= this.#freshMilliseconds;
  }

  get #mayFetch(): boolean {
    return performance.now() - this.#triedAt >= this.#options.cooldownMilliseconds;
  }

  async #refreshWhenDue(): Promise<void> {
    if (!this.#isDue) return;
    // Whoever needs a first set waits for the fetch under way; with a set in use and an issuer that is away, nobody waits.
    const isAway = this.#failure !== undefined && this.#keys !== undefined;
    const fetching = this.#fetching ?? (this.#mayFetch ? this.#fetch() : undefined);
    if (!isAway) await fetching;
  }

  /** Never rejects: what went wrong is kept. One at a time. */
  #fetch(): Promise<void> {
    return (this.#fetching ??= this.#load().finally(() => (this.#fetching = undefined)));
  }

  async #load(): Promise<void> {
    const { url, log } = this.#options;
    this.#triedAt = performance.now();
    try {
      const set = usableKeys(parsePublicKeys(await download(url), `The answer of ${url.origin}`));
      this.#keys = { find: createLocalJWKSet(set), fetchedAt: performance.now() };
      if (this.#failure !== undefined) log?.info('token keys are fetched again');
      this.#failure = undefined;
    } catch (error) {
      this.#failures += 1;
      this.#failure = error;
      const { state, ageSeconds } = this.state();
      const inUse = state === 'missing' ? 'no token can be verified' : 'the last good ones stay in use';
      log?.warn({ err: error, url: url.origin, ageSeconds }, `token keys could not be fetched: ${inUse}`);
    }
  }
}

/** An issuer that is redirected, slow, or larger than any key set is not believed. */
async function download(url: URL): Promise<string> {
  const signal = AbortSignal.timeout(fetchTimeoutMilliseconds);
  const response = await fetch(url, { signal, redirect: 'manual', headers: { accept: 'application/json' } });
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the token issuer's keys: it answered ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > largestAnswer) throw new Error(`the token issuer's keys: its answer exceeds ${largestAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A set without a single key to verify with is a mistake of the issuer's, not the withdrawal of all its keys. */
function usableKeys(set: JSONWebKeySet): JSONWebKeySet {
  const keys = set.keys.filter(isUsable);
  if (keys.length === 0) throw new Error("the token issuer's keys: none of its answer can verify a signature");
  return { keys };
}

const members: Readonly<Record<string, readonly (keyof JWK)[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
  OKP: ['crv', 'x'],
};

function isUsable(key: JWK): boolean {
  const needed = members[key.kty ?? ''];
  const isForSignatures = key.use === undefined || key.use === 'sig';
  return isForSignatures && needed !== undefined && needed.every((name) => typeof key[name] === 'string');
}
