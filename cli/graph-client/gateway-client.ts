/** Asks a gateway over HTTP. */
import type { ExecutionResult } from 'graphql';
import { mediaTypeOf, type ExportFormat } from '../../gateway/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import { brokenOff, unwrap, type AskedOperation, type GraphReader } from './client.js';
import { printable } from './printable.js';

const json = 'application/graphql-response+json, application/json';

export function gatewayClient(address: string, token: string | undefined): GraphReader {
  const endpoint = URL.canParse(address) ? new URL(address) : null;
  if (endpoint === null || !/^https?:$/.test(endpoint.protocol) || endpoint.username + endpoint.password !== '') {
    throw new StartupError(
      '--url must be an http or https address without a user, e.g. http://127.0.0.1:4000. The token is taken from WEFT_TOKEN.',
    );
  }
  if (endpoint.pathname === '/') endpoint.pathname = '/graphql';
  const post = (asked: AskedOperation, accept: string): Promise<Response> => postTo(endpoint, asked, accept, token);
  const answer = async (asked: AskedOperation): Promise<string> => answerIn(await post(asked, json), endpoint);
  return {
    place: `the gateway at ${endpoint.origin}`,
    answer,
    async request<Data>(query: string, variables: Readonly<Record<string, unknown>>) {
      return unwrap<Data>(JSON.parse(await answer({ query, variables })) as ExecutionResult);
    },
    async export(asked: AskedOperation, format: ExportFormat) {
      const response = await post(asked, mediaTypeOf[format]);
      const type = response.headers.get('content-type')?.split(';', 1)[0];
      if (response.ok && response.body !== null && mediaTypeOf[format].startsWith(type ?? ' ')) {
        return untilBroken(response);
      }
      unwrap(JSON.parse(await answerIn(response, endpoint)) as ExecutionResult);
      throw new StartupError(`${endpoint.href} answers with JSON alone: it is no gateway that exports rows.`);
    },
    close: () => Promise.resolve(),
  };
}

async function postTo(
  endpoint: URL,
  asked: AskedOperation,
  accept: string,
  token: string | undefined,
): Promise<Response> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const headers = { 'content-type': 'application/json', accept, ...authorization };
  let response: Response;
  try {
    // Followed, a redirect could take a whole repository, and on the same host the token, where nobody meant them to go.
    response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(asked), redirect: 'manual' });
  } catch (error) {
    throw new StartupError(`There is no answer from ${endpoint.origin}: is the gateway running?`, { cause: error });
  }
  if (response.status === 413) {
    throw new StartupError('The gateway takes no request as large as this one: raise its WEFT_MAX_BODY_BYTES.');
  }
  const location = response.headers.get('location');
  if (response.status >= 300 && response.status < 400 && location !== null) {
    throw new StartupError(`${endpoint.href} redirects to ${printable(location)}: give that address if you trust it.`);
  }
  return response;
}

/** Throws for what is no answer of a graph. */
async function answerIn(response: Response, endpoint: URL): Promise<string> {
  const text = await response.text();
  try {
    const answer = JSON.parse(text) as Partial<ExecutionResult> | null;
    if (answer?.data || answer?.errors?.length) return text;
  } catch {
    // no JSON: said below
  }
  throw new StartupError(
    `${endpoint.href} answered ${response.status} and nothing of a graph: is it a GraphQL endpoint?`,
  );
}

async function* untilBroken(response: Response): AsyncGenerator<Uint8Array> {
  const requestId = response.headers.get('x-request-id') ?? '';
  try {
    yield* response.body as ReadableStream<Uint8Array>;
  } catch {
    throw brokenOff(`the gateway's log has the reason under the request id ${printable(requestId)}.`);
  }
}
