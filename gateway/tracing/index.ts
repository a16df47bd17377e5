/** Owns traces, loaded only when asked for: a span for each operation and each of its fetches, sent to a collector over OTLP. */
import { diag, DiagLogLevel } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { SubgraphTransport, SupergraphExecutor } from '../executor/types.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { traceOperations } from './traced-executor.js';
import { traceFetches } from './traced-transport.js';

export interface Tracing {
  operations(executor: SupergraphExecutor): SupergraphExecutor;
  fetches(transport: SubgraphTransport, subgraph: string): SubgraphTransport;
  /** Sends what is left; a collector that doesn't answer delays a shutdown by five seconds at most. */
  shutdown(): Promise<void>;
}

export interface TracingOptions {
  /** Of the collector, e.g. `http://127.0.0.1:4318`; spans go to `v1/traces` below it, as JSON. */
  readonly endpoint: string;
  readonly log: Pick<Logger, 'warn'>;
}

export function createTracing({ endpoint, log }: TracingOptions): Tracing {
  const warn = (message: string): void => log.warn({ endpoint }, `traces: ${message}`);
  const quiet = (): void => undefined;
  diag.setLogger(
    { error: warn, warn, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: 5_000 });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'weft-gateway' }),
    spanProcessors: [new BatchSpanProcessor(exporter, { exportTimeoutMillis: 5_000 })],
  });
  const tracer = provider.getTracer('weft');
  return {
    operations: (executor) => traceOperations(executor, tracer),
    fetches: (transport, subgraph) => traceFetches(transport, subgraph, tracer),
    shutdown: () => provider.shutdown().catch((error: unknown) => warn(String(error))),
  };
}
