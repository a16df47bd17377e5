/** The graph as the work of domains asks it: operations that were registered beforehand, as somebody, within all limits. */
import {
  createGatewayMetrics,
  defaultLimits,
  finishJson,
  Operations,
  readTrustedDocuments,
} from '../../gateway/index.js';
import type { SupergraphExecutor } from '../../gateway/executor/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { RequestError } from '../../subgraphs/kernel/errors/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import type { AskGraph, GraphAnswer } from '../../subgraphs/kernel/subgraph/domain-process.js';
import { weights } from './domains.js';
import type { Started } from './started.js';

/** For a process that serves no graph: it makes one in itself when it is first asked. */
export function lazyAsk(
  services: { readonly config: Config; readonly database: Database; readonly log: Logger },
  started: Started,
): AskGraph {
  let made: Promise<SupergraphExecutor> | undefined;
  // Noted now, so that it ends after the work that asks.
  started.add(async () => (await made?.catch(() => undefined))?.dispose());
  return createAsk(services.config, () => {
    made = import('./executor.js').then(({ createGraphExecutor }) =>
      createGraphExecutor({ ...services, metrics: createGatewayMetrics({ process: false }) }),
    );
    return made;
  });
}

interface ErrorLike {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** `executor` is asked for with the first question. */
export function createAsk(config: Config, executor: () => Promise<SupergraphExecutor>): AskGraph {
  const open = async (): Promise<Operations> => {
    if (config.trustedDocuments === undefined)
      throw new RequestError('FORBIDDEN', 'There are no trusted documents: WEFT_TRUSTED_DOCUMENTS is not set.');
    return new Operations({
      executor: await executor(),
      limits: { ...defaultLimits, ...config.limits.operation, weights },
      trustedDocuments: await readTrustedDocuments(config.trustedDocuments),
      anonymousIntrospection: false,
      timeLimitMilliseconds: config.limits.requestTimeoutMs,
      metrics: createGatewayMetrics({ process: false }),
    });
  };
  let opened: Promise<Operations> | undefined;
  return async ({ documentId, variables, identity, requestId, signal }) => {
    try {
      // A manifest that can't be read may be whole the next time.
      const operations = await (opened ??= open().catch((error: unknown) => {
        opened = undefined;
        throw error;
      }));
      const admitted = operations.admit({ ...operations.resolve({ documentId }), variables }, identity);
      if (!('type' in admitted)) return toAnswer({ errors: admitted });
      if (admitted.type !== 'query') throw new RequestError('BAD_USER_INPUT', 'Only a query can be asked here.');
      const controller = new AbortController();
      return toAnswer(
        await operations.execute(admitted, {
          requestId,
          headers: {},
          identity,
          perSubgraph: new Map(),
          signal: AbortSignal.any([signal, controller.signal]),
          abort: (reason) => controller.abort(reason),
        }),
      );
    } catch (error) {
      if (error instanceof RequestError) {
        return toAnswer({ errors: [{ message: error.message, extensions: { code: error.code } }] });
      }
      throw error;
    }
  };
}

function toAnswer(result: {
  readonly data?: unknown;
  readonly errors?: readonly ErrorLike[] | undefined;
}): GraphAnswer {
  const codes = (result.errors ?? []).map(({ extensions }) => {
    const code = extensions?.['code'];
    return typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR';
  });
  return { text: finishJson(JSON.stringify(result)), codes };
}
