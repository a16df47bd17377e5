/** Apollo Server for what is more than one operation in a JSON body: automatic persisted queries, GET, batches, forms, Sandbox. */
import {
  ApolloServer,
  HeaderMap,
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLResponse,
  type HTTPGraphQLRequest,
  type HTTPGraphQLResponse,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import { buildSchema, parse, type DocumentNode } from 'graphql';
import type { Logger } from '../../../subgraphs/kernel/log/index.js';
import { finishJson } from '../../json/exact-json.js';
import { LruCache } from '../../lru-cache.js';
import { multipartType } from '../streams/multipart.js';
import { statusInMediaType, type AnswerOperation, type AnswerParts, type OperationAnswer } from './answer-operation.js';
import { maxCachedText, type PreparedDocument } from './documents.js';
import type { ErrorFormat } from './errors.js';
import type { AbortableContext, Operations } from './operations.js';
import type { OperationParameters } from '../http/parameters.js';
import type { PartsDelivery } from '../http/transports.js';

export interface ApolloContext extends AbortableContext {
  /** Shared by the copies that Apollo makes of the context. `parts`: what is sent in place of Apollo's own answer. */
  readonly http: { isGraphQL: boolean; parts: AnswerParts | null };
  readonly delivery: PartsDelivery | null;
  readonly variables: OperationParameters['variables'];
  prepared?: PreparedDocument;
}

/** `parts` stand in place of the response's body. */
export type ApolloAnswer = HTTPGraphQLResponse & { readonly parts: AnswerParts | null };

export interface ApolloHandler {
  /**
   * `delivery`: how the caller takes parts; null where it gets a deferred operation whole. `variables`: those to take in place
   * of what Apollo reads, whose numbers are rounded.
   */
  execute(
    request: HTTPGraphQLRequest,
    context: AbortableContext,
    taken: Pick<ApolloContext, 'delivery' | 'variables'>,
  ): Promise<ApolloAnswer>;
  stop(): Promise<void>;
}

export async function createApolloHandler(options: {
  operations: Operations;
  errors: ErrorFormat;
  explorerPages: boolean;
  /** What Sandbox shows at first. */
  firstDocument: string | undefined;
  persistedQueries: boolean;
  maxBatch: number;
  log: Logger;
  answerOperation: AnswerOperation;
}): Promise<ApolloHandler> {
  const documents = createDocumentStore();
  const server = new ApolloServer<ApolloContext>({
    schema: unusedSchema,
    plugins: [
      // Measured: the cache-control plugin makes a request 1.4 times more expensive, and nothing here sets cache hints.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      options.explorerPages
        ? ApolloServerPluginLandingPageLocalDefault({
            embed: { runTelemetry: false },
            ...(options.firstDocument !== undefined && { document: options.firstDocument }),
          })
        : ApolloServerPluginLandingPageDisabled(),
      operationPlugin(options, documents),
    ],
    documentStore: documents.store,
    // Documents are validated by `operations.prepare`, for all transports alike, and after the limits that keep validation cheap.
    dangerouslyDisableValidation: true,
    introspection: true,
    allowBatchedHttpRequests: options.maxBatch > 1,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // Of what Apollo itself refuses: what it is asked that is no GraphQL request.
    formatError: (_formatted, error) => options.errors.format(error),
    stringifyResult: (result) => finishJson(JSON.stringify(result)),
    logger: options.log,
    ...(options.persistedQueries ? {} : { persistedQueries: false as const }),
  });
  await server.start();

  return {
    async execute(request, context, taken) {
      const http: ApolloContext['http'] = { isGraphQL: false, parts: null };
      const response = await server.executeHTTPGraphQLRequest({
        httpGraphQLRequest: request,
        context: () => Promise.resolve({ ...context, http, ...taken }),
      });
      return { ...(http.isGraphQL ? withStatusOfMediaType(response) : response), parts: http.parts };
    },
    stop: () => server.stop(),
  };
}

function withStatusOfMediaType(response: HTTPGraphQLResponse): HTTPGraphQLResponse {
  const { status = 200, headers } = response;
  return { ...response, status: statusInMediaType(status, headers.get('content-type'), headers.has('retry-after')) };
}

/**
 * What Apollo takes for the schema: documents are parsed, validated and executed here, by the schema of the moment. Of the
 * graph's own it would print every type once at each start, for keys that nobody reads.
 */
const unusedSchema = buildSchema('type Query { _: Boolean }');

/** What Apollo gets in place of a document that was refused: it would parse the text again, without the limits. */
const refusedDocument = parse('{ __typename }');

/** Hands Apollo the documents that are prepared already, so that it parses none itself. */
function createDocumentStore() {
  const byHash = new LruCache<string, DocumentNode>({ maxEntries: 2_000, maxWeight: maxCachedText });
  return {
    remember: (hash: string, document: DocumentNode, length: number) => byHash.set(hash, document, length),
    store: {
      // The key has the schema's hash in front, of the length of the operation's.
      get: (key: string) => Promise.resolve(byHash.get(key.slice(key.lastIndexOf(':') + 1)) ?? refusedDocument),
      set: () => Promise.resolve(),
      delete: () => Promise.resolve(true),
    },
  };
}

/**
 * Takes each operation where Apollo would execute it: its own way there copies the whole context and reads the headers once more,
 * for deliveries in parts, which are written here in the formats that clients read.
 */
function operationPlugin(
  { operations, answerOperation }: { operations: Operations; answerOperation: AnswerOperation },
  documents: ReturnType<typeof createDocumentStore>,
): ApolloServerPlugin<ApolloContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveSource({ source, queryHash, contextValue }: GraphQLRequestContext<ApolloContext>) {
          contextValue.http.isGraphQL = true;
          const prepared = operations.prepare(source as string);
          contextValue.prepared = prepared;
          if (prepared.errors.length === 0) {
            documents.remember(queryHash as string, prepared.document as DocumentNode, prepared.source.length);
          }
          return Promise.resolve();
        },
        async responseForOperation({ contextValue, request }) {
          const { prepared, delivery } = contextValue;
          if (prepared === undefined) throw new Error('an operation has no source');
          const { operationName } = request;
          const variables = contextValue.variables ?? request.variables;
          const answer = await answerOperation(
            { prepared, parameters: { operationName, variables }, delivery },
            contextValue,
          );
          contextValue.http.parts = answer.parts;
          return toApollo(answer);
        },
      }),
  };
}

/** Apollo sends a whole answer or its own form of parts: it gets an empty one, and the parts go past it. */
function toApollo({ result, status, retryAfter, parts }: OperationAnswer): GraphQLResponse {
  const headers = new HeaderMap();
  if (parts !== null) headers.set('content-type', multipartType(parts.format));
  if (retryAfter !== null) headers.set('retry-after', retryAfter);
  return { http: { headers, ...(status !== 200 && { status }) }, body: { kind: 'single', singleResult: result } };
}
