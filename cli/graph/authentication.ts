/** How the callers of a configuration are known, and what is said of the keys for it. */
import { Counter, Gauge } from 'prom-client';
import type { GatewayMetrics, ReadinessCheck } from '../../gateway/index.js';
import {
  authenticateBearer,
  authenticateLocalDeveloper,
  createTokenVerifier,
  RemoteKeys,
  type Authenticate,
} from '../../subgraphs/kernel/auth/index.js';
import type { AuthConfig } from '../../subgraphs/kernel/config/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';

export interface Authentication {
  readonly authenticate: Authenticate;
  readonly readiness: readonly ReadinessCheck[];
}

/** Shortest time between two fetches of the keys. */
const cooldownMilliseconds = 5_000;

export function openAuthentication(auth: AuthConfig | null, log: Logger, metrics: GatewayMetrics): Authentication {
  if (auth === null || auth.mode === 'off') return { authenticate: authenticateLocalDeveloper(), readiness: [] };
  const { jwksUrl, jwksFile, issuer, audience } = auth;
  if (jwksUrl === undefined) {
    const verify = createTokenVerifier({ issuer, audience, jwksFile: jwksFile ?? '' });
    return { authenticate: authenticateBearer(verify), readiness: [] };
  }
  const keys = new RemoteKeys({ url: new URL(jwksUrl), cooldownMilliseconds, log });
  observeKeys(metrics, keys);
  return {
    authenticate: authenticateBearer(createTokenVerifier({ issuer, audience, jwksUrl: keys })),
    readiness: [{ name: 'tokenKeys', check: () => readinessOf(keys) }],
  };
}

/** Without any keys every token would be refused; on an earlier set the work goes on. */
async function readinessOf(keys: RemoteKeys): Promise<void | 'stale'> {
  const { state } = await keys.ensure();
  if (state === 'missing') throw new Error('the keys to verify tokens with could not be fetched yet');
  if (state === 'stale') return 'stale';
}

function observeKeys({ registry }: GatewayMetrics, keys: RemoteKeys): void {
  new Gauge({
    name: 'weft_token_keys_age_seconds',
    help: 'Time since the token keys in use were fetched; above 600 the issuer does not give any. NaN before the first.',
    registers: [registry],
    collect() {
      this.set(keys.state().ageSeconds ?? Number.NaN);
    },
  });
  new Counter({
    name: 'weft_token_key_failures_total',
    help: 'Fetches of token keys that gave no usable set.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(keys.state().failures);
    },
  });
}
