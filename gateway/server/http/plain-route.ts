/** GraphQL over HTTP for a caller that is a gateway: POST with JSON, nothing that browsers need. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { Authenticate } from '../../../subgraphs/kernel/auth/index.js';
import { CallerGone } from '../../../subgraphs/kernel/errors/index.js';
import { namedCaller } from '../../transports/index.js';
import { finishJson } from '../../json/exact-json.js';
import { readJson } from './body.js';
import { callerAddressOf } from './caller-address.js';
import type { ErrorFormat } from '../operations/errors.js';
import { methodNotAllowed } from './http-error.js';
import type { Operations } from '../operations/operations.js';
import { toParameters } from './parameters.js';
import { createRequestContext, flatHeaders } from './request-context.js';
import { subscriptionTransports } from './transports.js';

const mediaType = 'application/graphql-response+json';

export function createPlainRoute(options: {
  operations: Operations;
  errors: ErrorFormat;
  authenticate: Authenticate;
  maxBodyBytes: number;
}) {
  return async function handle(request: IncomingMessage, response: ServerResponse, requestId: string): Promise<void> {
    if (request.method !== 'POST') throw methodNotAllowed('POST');
    const { operations, errors, maxBodyBytes } = options;
    const headers = flatHeaders(request.headers);
    const identity = await options.authenticate(headers['authorization'], headers['x-weft-user']);
    // The other end is a gateway: it says which of its callers this is.
    const callerAddress = namedCaller(headers) ?? callerAddressOf(request);
    const context = createRequestContext({ requestId, headers, identity, callerAddress });
    response.once('close', () => {
      if (!response.writableFinished) context.abort(new CallerGone());
    });
    const parameters = toParameters((await readJson(request, maxBodyBytes)).value);
    const operation = operations.admit(parameters, identity);
    const answer =
      'type' in operation && operation.type !== 'subscription' ? await operations.execute(operation, context) : null;
    const refusal: readonly GraphQLError[] = 'type' in operation ? [subscriptionTransports()] : operation;
    const result = answer ?? { errors: refusal };
    const text = finishJson(JSON.stringify(errors.formatResult(result, requestId)));
    const isNew = headers['accept']?.includes(mediaType) === true;
    response.writeHead(isNew && result.data === undefined ? 400 : 200, {
      'content-type': `${isNew ? mediaType : 'application/json'}; charset=utf-8`,
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  };
}
