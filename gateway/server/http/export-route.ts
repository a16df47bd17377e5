/** The rows of a connection as a file over HTTP, written at the pace of its reader. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FormattedExecutionResult } from 'graphql';
import type { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { CallerGone } from '../../../subgraphs/kernel/errors/index.js';
import type { Logger } from '../../../subgraphs/kernel/log/index.js';
import { finishJson } from '../../json/exact-json.js';
import { ExportFailed, NoRows, openExport, type ExportFormat, type OpenedExport } from '../../export/index.js';
import { setAnswerHeaders } from './answer-headers.js';
import { retryAfterOf } from './busy.js';
import type { ErrorFormat } from '../operations/errors.js';
import { sendJson, statusOfErrors } from './http-error.js';
import type { GatewayMetrics } from '../metrics.js';
import type { AbortableContext, Operations } from '../operations/operations.js';
import type { OperationParameters } from './parameters.js';
import { createRequestContext } from './request-context.js';
import { Uptake } from '../streams/uptake.js';
import { writeInPieces } from '../streams/write-in-pieces.js';

export interface ExportRouteOptions {
  readonly operations: Operations;
  readonly errors: ErrorFormat;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
  /** A reader that takes nothing for this long is cut off: a file may be read slowly, not for ever. */
  readonly idleMilliseconds: number;
  readonly pageSize?: number | undefined;
}

export interface ExportedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly parameters: OperationParameters;
  readonly format: ExportFormat;
  readonly identity: Identity;
  readonly context: Parameters<typeof createRequestContext>[0];
}

export type ExportRoute = (asked: ExportedRequest) => Promise<void>;

export function createExportRoute(options: ExportRouteOptions): ExportRoute {
  const { operations, errors, metrics, log, pageSize } = options;
  return async function handle({ request, response, parameters, format, identity, context }) {
    const observed = metrics.exportStarted(format);
    let page: AbortableContext | undefined;
    response.once('close', () => {
      if (!response.writableFinished) page?.abort(new CallerGone());
    });
    const createContext = (): AbortableContext => (page = createRequestContext(context));
    const onRows = observed.rows;
    try {
      const opened = await openExport({ operations, parameters, identity, format, createContext, pageSize, onRows });
      response.appendHeader('vary', 'accept');
      if (page !== undefined) setAnswerHeaders(response, page);
      response.writeHead(200, {
        'content-type': opened.mediaType,
        'content-disposition': `attachment; filename="${opened.fileName}"`,
        // No proxy may wait for the end of it.
        'x-accel-buffering': 'no',
      });
      await write(opened.chunks, response, options);
      observed.ended(response.writableEnded ? 'ok' : 'aborted');
    } catch (error) {
      observed.ended(response.destroyed ? 'aborted' : 'error');
      if (!(error instanceof ExportFailed)) throw error;
      if (response.destroyed) return;
      const answer = errors.formatResult({ errors: error.errors }, context.requestId);
      if (!response.headersSent) return refuse(response, error, answer);
      log.warn({ requestId: context.requestId, format, errors: answer.errors }, 'an export broke off');
      breakOff(request, response, format === 'ndjson' ? `${finishJson(JSON.stringify(answer))}\n` : '');
    }
  };
}

async function write(
  chunks: OpenedExport['chunks'],
  response: ServerResponse,
  { metrics, idleMilliseconds }: ExportRouteOptions,
): Promise<void> {
  const uptake = new Uptake(idleMilliseconds, () => {
    if (response.destroyed) return;
    metrics.slowConsumer();
    response.destroy();
  });
  for await (const chunk of chunks) {
    await writeInPieces(response, chunk, uptake);
    if (response.destroyed || response.closed) return;
  }
  response.end();
}

function refuse(response: ServerResponse, { errors }: ExportFailed, answer: FormattedExecutionResult): void {
  const retryAfter = retryAfterOf({ errors });
  const headers = retryAfter === null ? {} : { 'retry-after': retryAfter };
  const hasNoRows = errors.some(({ originalError }) => originalError instanceof NoRows);
  sendJson(response, hasNoRows ? 406 : statusOfErrors(answer.errors ?? []), answer, headers);
}

/** A file that is not whole must not look it: the connection ends before the response does. */
function breakOff(request: IncomingMessage, response: ServerResponse, lastLine: string): void {
  // HTTP/1.0 knows no end of a response but that of its connection.
  if (request.httpVersionMinor === 0) return void request.socket.resetAndDestroy();
  response.write(lastLine, () => response.destroy());
}
