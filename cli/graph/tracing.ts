/** Traces of a gateway, when there is a collector to send them to. */
import type { Tracing } from '../../gateway/tracing/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';

/** Null without OTEL_EXPORTER_OTLP_ENDPOINT: nothing of it is loaded then. */
export async function startTracing({ otlpEndpoint }: Config, log: Logger): Promise<Tracing | null> {
  if (otlpEndpoint === undefined) return null;
  const { createTracing } = await import('../../gateway/tracing/index.js');
  return createTracing({ endpoint: otlpEndpoint, log });
}
