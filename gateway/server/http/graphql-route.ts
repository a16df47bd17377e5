/** `/graphql` over HTTP: the explorer page, an answer in JSON or in parts, rows as a file, or a stream of events. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { HeaderMap } from '@apollo/server';
import type { GraphQLError } from 'graphql';
import type { Authenticate, Identity } from '../../../subgraphs/kernel/auth/index.js';
import { CallerGone } from '../../../subgraphs/kernel/errors/index.js';
import { finishJson, parseJson } from '../../json/exact-json.js';
import { limitExceeded } from '../../limits/index.js';
import { setAnswerHeaders } from './answer-headers.js';
import type { ApolloHandler } from '../operations/apollo.js';
import { allowSlowBody } from './arrival.js';
import { readJson } from './body.js';
import type { EventStreamTransport } from '../streams/event-stream.js';
import { callerAddressOf } from './caller-address.js';
import type { ExportRoute } from './export-route.js';
import { HttpError, methodNotAllowed } from './http-error.js';
import type { GatewayMetrics } from '../metrics.js';
import { multipartType, writeMultipart } from '../streams/multipart.js';
import { statusInMediaType, type AnswerOperation, type AnswerParts } from '../operations/answer-operation.js';
import type { AdmittedOperation } from '../operations/admitted-operation.js';
import type { AbortableContext, Operations } from '../operations/operations.js';
import type { OriginRules } from './origin.js';
import { sendDoors } from '../pages/landing-page.js';
import { badRequest, isRecord, persistedHash, toParameters, type OperationParameters } from './parameters.js';
import { createRequestContext, flatHeaders, urlOf } from './request-context.js';
import { isMultipart, readMultipart } from './upload-form.js';
import {
  answerTypeOf,
  exportFormat,
  multipartDelivery,
  namesMediaType,
  wantsEventStream,
  wantsPage,
  type AnswerType,
} from './transports.js';

/** Files in one request. */
const maxFiles = 20;

export interface GraphQLRouteOptions {
  readonly path: string;
  readonly apollo: ApolloHandler;
  readonly answerOperation: AnswerOperation;
  readonly eventStreams: EventStreamTransport;
  readonly exportRows: ExportRoute;
  readonly operations: Operations;
  readonly authenticate: Authenticate;
  readonly origins: OriginRules;
  readonly explorerPages: boolean;
  /** False: a GET carries the hash of a registered operation, never its text. */
  readonly plainGetQueries: boolean;
  readonly maxBodyBytes: number;
  /** Of an ingest by a caller whose token was verified. */
  readonly maxIngestBytes: number;
  readonly maxBatch: number;
  readonly slowConsumerMilliseconds: number;
  readonly metrics: GatewayMetrics;
}

export function createGraphQLRoute(options: GraphQLRouteOptions) {
  return async function handle(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    if (request.method !== 'GET' && request.method !== 'POST') throw methodNotAllowed('GET, POST');
    const headers = flatHeaders(request.headers);
    const url = urlOf(request);
    if (request.method === 'GET' && wantsPage(headers['accept'])) {
      return sendPage(options, request, response, headers);
    }
    if (request.method === 'GET' && url.search === '' && !namesMediaType(headers['accept'])) {
      return sendDoors(request, response, { graphqlPath: options.path, explorerPages: options.explorerPages });
    }
    const identity = await options.authenticate(headers['authorization'], headers['x-weft-user']);
    const hasFiles = request.method === 'POST' && isMultipart(request) && options.operations.takesFiles();
    const callerAddress = callerAddressOf(request);
    const context = { ...createRequestContext({ requestId, headers, identity, callerAddress }), hasFiles };
    response.once('close', () => {
      if (!response.writableFinished) context.abort(new CallerGone());
    });
    const body = request.method === 'GET' ? undefined : await readOperations(options, request, identity);
    const parameters = request.method === 'GET' ? parametersOf(url) : body;

    const source = isRecord(parameters) ? parameters['query'] : undefined;
    const turn = typeof source === 'string' ? options.operations.turnOf(source, context) : undefined;
    if (turn !== undefined) await turn;

    const format = Array.isArray(parameters) ? null : exportFormat(headers['accept']);
    if (format !== null) {
      if (request.method === 'GET') {
        options.origins.check(request);
        checkGet(options, parameters as OperationParameters);
      }
      const resolved = options.operations.resolve(toParameters(parameters));
      const asked = { requestId, headers, identity, callerAddress };
      return options.exportRows({ request, response, parameters: resolved, format, identity, context: asked });
    }
    const stream = eventStreamOperation(options, request, parameters, identity);
    if (stream !== null) {
      const lastEventId = headers['last-event-id'];
      return options.eventStreams.handle({ request, response, operation: stream, context, lastEventId });
    }
    const plain = request.method === 'POST' && !hasFiles ? plainOperation(options, body) : null;
    const answerType = plain === null ? null : answerTypeOf(headers['accept']);
    if (plain !== null && answerType !== null) return answerPlainly(options, response, plain, answerType, context);
    if (request.method === 'GET') checkGet(options, parameters as OperationParameters);
    const read = request.method === 'GET' ? (parameters as OperationParameters) : null;
    await answerByApollo(options, request, response, { url, read, body, context });
  };
}

/**
 * A caller who is not known sends small bodies in short time. One who is known may send a large one, slowly; but it is
 * executed only when it is an ingest: whatever else is that large is a mistake or an attack.
 */
async function readOperations(
  { operations, maxBodyBytes, maxIngestBytes }: GraphQLRouteOptions,
  request: IncomingMessage,
  identity: Identity,
): Promise<unknown> {
  const isForm = isMultipart(request) && operations.takesFiles();
  if (!identity.isAuthenticated && !isForm) return (await readJson(request, maxBodyBytes)).value;
  if (identity.isAuthenticated) allowSlowBody(request);
  if (isForm) {
    const maxBytes = identity.isAuthenticated ? Math.max(maxBodyBytes, maxIngestBytes) : maxBodyBytes;
    return readMultipart(request, { maxBytes, maxFiles });
  }
  const { value, bytes } = await readJson(request, Math.max(maxBodyBytes, maxIngestBytes));
  if (bytes > maxBodyBytes && !(isRecord(value) && operations.isIngest(operations.resolve(toParameters(value))))) {
    throw new HttpError(
      413,
      'LIMIT_EXCEEDED',
      `At most ${maxBodyBytes} bytes in the body are allowed for what is no ingest.`,
      {
        extensions: { limit: 'bodyBytes', value: bytes, maximum: maxBodyBytes },
      },
    );
  }
  return value;
}

/** Null when the answer is to be JSON. */
function eventStreamOperation(
  options: GraphQLRouteOptions,
  request: IncomingMessage,
  value: unknown,
  identity: Identity,
): AdmittedOperation | readonly GraphQLError[] | null {
  const { accept } = request.headers;
  if (!wantsEventStream(accept, true) || Array.isArray(value)) return null;
  if (request.method === 'GET') options.origins.check(request);
  const parameters = options.operations.resolve(toParameters(value));
  const operation = options.operations.admit(parameters, identity);
  const type = 'type' in operation ? operation.type : null;
  // An operation needs events when its answer comes in pieces and the caller takes those in no other way.
  const comesInParts = 'type' in operation && operation.defers && multipartDelivery(accept) === null;
  if (!wantsEventStream(accept, type === 'subscription' || comesInParts)) return null;
  if (request.method === 'GET') {
    checkGet(options, value as OperationParameters);
    if (type === 'mutation') return [badRequest('A mutation needs a POST.')];
  }
  return operation;
}

interface PlainOperation {
  readonly query: string;
  readonly parameters: OperationParameters;
}

/** One operation with its text, which is nearly every body. Null for what has Apollo's answer: lists, hashes, what is no request. */
function plainOperation({ operations }: GraphQLRouteOptions, body: unknown): PlainOperation | null {
  if (!isRecord(body)) return null;
  if (isRecord(body['extensions']) && body['extensions']['persistedQuery'] != null) return null;
  const parameters = operations.resolve(toParameters(body));
  const { query } = parameters;
  return typeof query !== 'string' || query === '' ? null : { query, parameters };
}

/** Apollo's way to the same answer reads again what is read here. */
async function answerPlainly(
  options: GraphQLRouteOptions,
  response: ServerResponse,
  { query, parameters }: PlainOperation,
  answerType: AnswerType,
  context: AbortableContext,
): Promise<void> {
  const delivery = multipartDelivery(context.headers['accept']);
  const prepared = options.operations.prepare(query);
  const answer = await options.answerOperation({ prepared, parameters, delivery }, context);
  const { result, status, retryAfter, parts } = answer;
  setAnswerHeaders(response, context);
  if (parts !== null) return sendParts(options, response, parts);
  const { errors, data, extensions } = result;
  const text = finishJson(JSON.stringify({ errors, data, extensions }));
  if (retryAfter !== null) response.setHeader('retry-after', retryAfter);
  response.writeHead(statusInMediaType(status, answerType, retryAfter !== null), {
    'content-type': answerType,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

function sendParts(options: GraphQLRouteOptions, response: ServerResponse, parts: AnswerParts): Promise<void> {
  const { slowConsumerMilliseconds: slowMilliseconds, metrics } = options;
  // No proxy may wait for the end of it.
  response.writeHead(200, { 'content-type': multipartType(parts.format), 'x-accel-buffering': 'no' });
  return writeMultipart(response, parts.payloads, { slowMilliseconds, metrics });
}

async function answerByApollo(
  options: GraphQLRouteOptions,
  request: IncomingMessage,
  response: ServerResponse,
  asked: {
    readonly url: URL;
    /** Of a GET: Apollo reads the address once more, and rounds the numbers of its variables. */
    readonly read: OperationParameters | null;
    readonly body: unknown;
    readonly context: AbortableContext;
  },
): Promise<void> {
  const { url, read, body, context } = asked;
  const headers = headerMap(context.headers);
  // Of several operations in one request, none can come in parts.
  const delivery = Array.isArray(body) ? null : multipartDelivery(request.headers.accept);
  const answer = await options.apollo.execute(
    request.method === 'GET'
      ? { method: 'GET', headers, search: searchOf(options, url, read), body: undefined }
      : { method: 'POST', headers, search: '', body: resolvedBody(options, body) },
    context,
    { delivery, variables: read?.variables },
  );
  for (const [name, value] of answer.headers) response.setHeader(name, value);
  setAnswerHeaders(response, context);
  if (answer.parts !== null) return sendParts(options, response, answer.parts);
  if (answer.body.kind !== 'complete') throw new Error('parts are written here, not by Apollo');
  response.setHeader('content-length', Buffer.byteLength(answer.body.string));
  response.writeHead(answer.status ?? 200).end(answer.body.string);
}

async function sendPage(
  options: GraphQLRouteOptions,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (!options.explorerPages)
    throw new HttpError(404, 'NOT_FOUND', 'The explorer is off. Send a GraphQL request by POST.');
  // Apollo's page carries the rest of its policy in a meta element; these can't stand in one, or are missing there.
  response.setHeader('content-security-policy', "base-uri 'none'; object-src 'none'; frame-ancestors 'none'");
  const context = createRequestContext({ requestId: '', headers, identity: await options.authenticate(undefined) });
  await answerByApollo(options, request, response, {
    url: new URL('http://localhost/'),
    read: null,
    body: undefined,
    context,
  });
}

function resolvedBody(options: GraphQLRouteOptions, body: unknown): unknown {
  if (Array.isArray(body)) {
    const { maxBatch } = options;
    if (maxBatch > 1 && body.length > maxBatch) throw limitExceeded('batch', body.length, maxBatch);
    return body.map((entry: unknown) => (isRecord(entry) ? options.operations.resolve(toParameters(entry)) : entry));
  }
  // Apollo says itself what is wrong with anything else.
  return isRecord(body) && Object.keys(body).length > 0 ? options.operations.resolve(toParameters(body)) : body;
}

function searchOf(options: GraphQLRouteOptions, url: URL, given: OperationParameters | null): string {
  if (given === null) return url.search;
  const { query, extensions } = options.operations.resolve(given);
  if (query === given.query) return url.search;
  const search = new URLSearchParams(url.search);
  search.delete('documentId');
  search.set('query', query ?? '');
  search.set('extensions', finishJson(JSON.stringify(extensions ?? {})));
  return `?${search}`;
}

function parametersOf(url: URL): OperationParameters {
  const text = (name: string) => url.searchParams.get(name) ?? undefined;
  const record = (name: string): Record<string, unknown> | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    try {
      const parsed = parseJson(value);
      if (parsed === null || isRecord(parsed)) return parsed ?? undefined;
    } catch {
      // Said below, as for any other value that is no object.
    }
    throw badRequest(`"${name}" must be a JSON object.`);
  };
  return {
    query: text('query'),
    operationName: text('operationName'),
    variables: record('variables'),
    extensions: record('extensions'),
    documentId: text('documentId'),
  };
}

function checkGet(options: GraphQLRouteOptions, parameters: OperationParameters): void {
  const isRegistered = parameters.documentId !== undefined || persistedHash(parameters) !== undefined;
  if (!options.plainGetQueries && (!isRegistered || parameters.query !== undefined)) {
    throw new HttpError(
      405,
      'METHOD_NOT_ALLOWED',
      'Send the query by POST. A GET may carry the hash of a persisted query.',
      {
        headers: { allow: 'POST' },
      },
    );
  }
}

function headerMap(headers: Readonly<Record<string, string | undefined>>): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) map.set(name, value);
  return map;
}
