/** How this configuration reaches subgraphs in other processes. */
import type { GatewayMetrics } from '../../gateway/index.js';
import type { RemoteTransportOptions } from '../../gateway/transports/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';

export function remoteTransportOptions(
  config: Config,
  log: Logger,
  metrics: GatewayMetrics,
): Omit<RemoteTransportOptions, 'name' | 'url' | 'subscriptionUrl'> {
  const { fetchTimeoutMs, requestTimeoutMs } = config.limits;
  return {
    timeoutMilliseconds: fetchTimeoutMs,
    requestHeaders: config.propagation.requestHeaders,
    answerHeaders: config.propagation.answerHeaders,
    circuit: {
      requestTimeoutMilliseconds: requestTimeoutMs,
      onChange(change) {
        metrics.circuitChanged(change);
        const { isOpen, ...fields } = change;
        if (isOpen) log.warn(fields, 'a subgraph does not answer in time: it is asked rarely until it does');
        else log.info(fields, 'a subgraph answers again');
      },
      onRefused: metrics.circuitRefused,
    },
  };
}
