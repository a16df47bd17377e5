/** Runs a gateway over an executor until the process is told to stop. */
import {
  createGatewayMetrics,
  createGatewayServer,
  readTrustedDocuments,
  type ExtraRoute,
  type FieldWeights,
  type GatewayMetrics,
  type OperationCollection,
  type ReadinessCheck,
  type RunningServer,
} from '../../gateway/index.js';
import type { SupergraphExecutor } from '../../gateway/executor/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { openAuthentication } from './authentication.js';

export interface ServeOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly executor: SupergraphExecutor;
  readonly metrics?: GatewayMetrics;
  readonly readiness?: readonly ReadinessCheck[];
  readonly extraRoutes?: readonly ExtraRoute[];
  /** Questions that the explorer pages offer, when they are about this graph. */
  readonly collections?: () => readonly OperationCollection[];
  /** Mutations that may be large; every one when missing. */
  readonly ingests?: ReadonlySet<string>;
  /** What single fields cost beside their objects. */
  readonly weights?: FieldWeights;
}

export interface Serving {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  readonly server: RunningServer;
}

export async function serveGateway(options: ServeOptions): Promise<Serving> {
  const { config, log, executor, metrics = createGatewayMetrics(), readiness = [], extraRoutes = [] } = options;
  const { authenticate, readiness: ofKeys } = openAuthentication(config.auth, log, metrics);
  const authIsOff = config.auth === null || config.auth.mode === 'off';
  const server = await createGatewayServer({
    executor,
    log,
    metrics,
    readiness: [...readiness, ...ofKeys],
    extraRoutes,
    authenticate,
    production: config.environment === 'production',
    explorerPages: config.explorer,
    ...(options.collections !== undefined && { collections: options.collections }),
    ingests: options.ingests,
    loopbackOnly: authIsOff,
    allowedOrigins: config.allowedOrigins,
    connectionHeaders: config.propagation.requestHeaders.map(({ from }) => from),
    limits: { ...config.limits.operation, ...(options.weights !== undefined && { weights: options.weights }) },
    http: {
      maxBodyBytes: config.limits.requestBytes,
      maxIngestBytes: config.limits.bodyBytes,
      operationTimeoutMilliseconds: config.limits.requestTimeoutMs,
    },
    trustedDocuments:
      config.trustedDocuments === undefined ? null : await readTrustedDocuments(config.trustedDocuments),
  });
  try {
    return { url: await server.listen(config.port, config.host), server };
  } catch (error) {
    await server.close();
    throw error;
  }
}
