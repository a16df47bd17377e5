/** From the configuration to the servers' options. */
import {
  authenticateBearer,
  authenticateLocalDeveloper,
  createTokenVerifier,
  readPublicKeys,
  type Authenticate,
} from '../../subgraphs/kernel/auth/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { readTrustedDocuments } from '../limits/index.js';
import type { GatewayServerOptions } from './gateway-server.js';
import type { SubgraphServerOptions } from './subgraph-server.js';

/** Throws StartupError when the keys are in a file that does not hold public keys. */
export async function authenticateOf({ auth }: Pick<Config, 'auth'>): Promise<Authenticate> {
  if (auth === null) throw new StartupError('A server needs to know its callers: set WEFT_AUTH.');
  if (auth.mode === 'off') return authenticateLocalDeveloper();
  if (auth.jwksFile !== undefined) await readPublicKeys(auth.jwksFile);
  return authenticateBearer(createTokenVerifier(auth));
}

/** Reads the manifest of trusted documents when there is one; throws StartupError when it can't be read. */
export async function gatewayOptionsOf(config: Config): Promise<Omit<GatewayServerOptions, 'executor' | 'log'>> {
  return {
    authenticate: await authenticateOf(config),
    production: config.environment === 'production',
    explorerPages: config.explorer,
    loopbackOnly: config.auth?.mode === 'off',
    limits: { maxDepth: config.limits.depth, maxCost: config.limits.cost },
    http: httpLimitsOf(config),
    trustedDocuments:
      config.trustedDocuments === undefined ? null : await readTrustedDocuments(config.trustedDocuments),
  };
}

export async function subgraphOptionsOf(
  config: Config,
): Promise<Pick<SubgraphServerOptions, 'authenticate' | 'loopbackOnly' | 'http'>> {
  return {
    authenticate: await authenticateOf(config),
    loopbackOnly: config.auth?.mode === 'off',
    http: httpLimitsOf(config),
  };
}

function httpLimitsOf({ limits }: Config) {
  return { maxBodyBytes: limits.bodyBytes, operationTimeoutMilliseconds: limits.requestTimeoutMs };
}
