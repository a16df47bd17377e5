/** A transport whose fetches are spans below their operation's; the subgraph is told, so that its own can hang there too. */
import { SpanKind, type Tracer } from '@opentelemetry/api';
import type { SubgraphRequest, SubgraphTransport } from '../executor/types.js';
import { endFailed, endWith } from './end-span.js';
import { parentOf, under } from './trace-context.js';

export function traceFetches(transport: SubgraphTransport, subgraph: string, tracer: Tracer): SubgraphTransport {
  return {
    ...(transport.freshAnswers !== undefined && { freshAnswers: transport.freshAnswers }),
    async execute(request: SubgraphRequest) {
      const { operationType, context } = request;
      const attributes = { 'weft.subgraph': subgraph, 'graphql.operation.type': operationType };
      const span = tracer.startSpan(
        `fetch ${subgraph}`,
        { kind: SpanKind.CLIENT, attributes },
        parentOf(context.headers),
      );
      try {
        const result = await transport.execute({ ...request, context: under(span, context) });
        endWith(span, result.errors);
        return result;
      } catch (error) {
        endFailed(span, error);
        throw error;
      }
    },
    subscribe: (request) => transport.subscribe(request),
    dispose: () => transport.dispose(),
  };
}
