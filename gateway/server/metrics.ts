/** Counts what the gateway does, for `/metrics` in Prometheus' text format. */
import type { ExecutionResult, OperationTypeNode } from 'graphql';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { FetchObservation } from '../executor/types.js';
import type { ExportFormat } from '../export/format.js';
import type { CircuitChange } from '../transports/index.js';

export type EventStream = AsyncIterableIterator<ExecutionResult>;

export interface GatewayMetrics {
  readonly registry: Registry;
  /** Answers what to call with the result; it hands the result on. */
  operationStarted(type: OperationTypeNode): (result: ExecutionResult) => ExecutionResult;
  /** For requests that never became an operation: malformed, refused, unauthenticated. */
  operationRefused(): void;
  subscriptionStarted(events: EventStream): EventStream;
  webSocketOpened(): () => void;
  /** The hooks of the circuits around subgraphs. */
  circuitChanged(change: CircuitChange): void;
  circuitRefused(subgraph: string): void;
  /** A subscription, an answer in parts or an export was ended because its caller takes nothing. */
  slowConsumer(): void;
  /** Rows that left in a file; answers what to call with how it ended. */
  exportStarted(format: ExportFormat): ExportObservation;
  /** The executor's hook. */
  observeFetch(fetch: FetchObservation): void;
}

export interface ExportObservation {
  readonly rows: (count: number) => void;
  readonly ended: (outcome: 'ok' | 'error' | 'aborted') => void;
}

/** Seconds; most operations of an embedded gateway are answered within the first. */
const durationBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** `process` adds the runtime's own: event-loop lag, memory, garbage collection. */
export function createGatewayMetrics(options: { process: boolean } = { process: true }): GatewayMetrics {
  const registry = new Registry();
  if (options.process) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const operations = new Histogram({
    name: 'weft_operation_duration_seconds',
    help: 'Time to answer queries and mutations, by operation type and outcome (ok, partial, error).',
    labelNames: ['type', 'outcome'],
    buckets: durationBuckets,
    registers,
  });
  const refused = new Counter({
    name: 'weft_operations_refused_total',
    help: 'Requests that were refused before execution: malformed, invalid, over a limit, not permitted.',
    registers,
  });
  const fetches = new Histogram({
    name: 'weft_subgraph_fetch_duration_seconds',
    help: 'Time of fetches, by subgraph, operation type and whether the subgraph answered.',
    labelNames: ['subgraph', 'type', 'outcome'],
    buckets: durationBuckets,
    registers,
  });
  const circuits = new Gauge({
    name: 'weft_subgraph_circuit_open',
    help: '1 for a subgraph that is asked rarely because its fetches timed out, 0 for one that was and is well again.',
    labelNames: ['subgraph'],
    registers,
  });
  const spared = new Counter({
    name: 'weft_subgraph_circuit_refused_total',
    help: 'Fetches that failed at once because the subgraph is asked rarely.',
    labelNames: ['subgraph'],
    registers,
  });
  const connections = new Gauge({ name: 'weft_websocket_connections', help: 'Open WebSocket connections.', registers });
  const subscriptions = new Gauge({ name: 'weft_subscriptions', help: 'Running subscriptions.', registers });
  const events = new Counter({
    name: 'weft_subscription_events_total',
    help: 'Events sent to subscribers.',
    registers,
  });

  const slow = new Counter({
    name: 'weft_slow_consumers_total',
    help: 'Subscriptions ended with SLOW_CONSUMER, and answers in parts and exports cut off: their connections took nothing of what waited.',
    registers,
  });

  const exports = new Counter({
    name: 'weft_exports_total',
    help: 'Files of rows, by format and outcome (ok, error, aborted: the caller went away or took nothing).',
    labelNames: ['format', 'outcome'],
    registers,
  });
  const exportedRows = new Counter({
    name: 'weft_exported_rows_total',
    help: 'Rows written into files, by format.',
    labelNames: ['format'],
    registers,
  });

  return {
    registry,
    operationStarted(type) {
      const start = performance.now();
      return (result) => {
        operations.observe({ type, outcome: outcomeOf(result) }, (performance.now() - start) / 1000);
        return result;
      };
    },
    operationRefused: () => refused.inc(),
    subscriptionStarted(source) {
      subscriptions.inc();
      return counted(
        source,
        () => events.inc(),
        () => subscriptions.dec(),
      );
    },
    webSocketOpened() {
      connections.inc();
      return () => connections.dec();
    },
    circuitChanged: ({ subgraph, isOpen }) => circuits.set({ subgraph }, isOpen ? 1 : 0),
    circuitRefused: (subgraph) => spared.inc({ subgraph }),
    slowConsumer: () => slow.inc(),
    exportStarted: (format) => ({
      rows: (count) => exportedRows.inc({ format }, count),
      ended: (outcome) => exports.inc({ format, outcome }),
    }),
    observeFetch({ subgraph, operationType, milliseconds, ok }) {
      fetches.observe({ subgraph, type: operationType, outcome: ok ? 'ok' : 'failed' }, milliseconds / 1000);
    },
  };
}

function outcomeOf(result: ExecutionResult): string {
  if (result.errors === undefined || result.errors.length === 0) return 'ok';
  return result.data == null ? 'error' : 'partial';
}

function counted(source: EventStream, onEvent: () => void, onEnd: () => void): EventStream {
  let ended = false;
  const end = () => {
    if (!ended) onEnd();
    ended = true;
  };
  return {
    async next() {
      try {
        const event = await source.next();
        if (event.done === true) end();
        else onEvent();
        return event;
      } catch (error) {
        end();
        throw error;
      }
    },
    async return() {
      end();
      return (await source.return?.()) ?? { done: true, value: undefined };
    },
    async throw(error: unknown) {
      end();
      if (source.throw !== undefined) return source.throw(error);
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
