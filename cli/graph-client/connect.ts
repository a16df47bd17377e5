/** Asks the graph: through a running gateway, or in this process on the configured store. The command does not know which. */
import { randomUUID } from 'node:crypto';
import { parse, type ExecutionResult } from 'graphql';
import { createGatewayMetrics } from '../../gateway/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { Identity } from '../../subgraphs/kernel/auth/index.js';
import { createGraphExecutor } from '../graph/executor.js';
import { openStore } from '../graph/services.js';
import { printable } from './printable.js';

export interface GraphClient {
  /** `gateway at …`, `the embedded store in …`: for people. */
  readonly place: string;
  /** Throws a StartupError that tells what the graph refused. */
  request<Data>(query: string, variables: Readonly<Record<string, unknown>>): Promise<Data>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly config: Config;
  readonly log: Logger;
  /** A gateway's address; without one a gateway on HOST and PORT is used when it is up, else the store itself. */
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

export async function connectToGraph(options: ConnectOptions): Promise<GraphClient> {
  const { config, url, token } = options;
  if (url !== undefined) return gatewayClient(url, token);
  const local = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${config.port}`;
  return (await isServing(local)) ? gatewayClient(local, token) : storeClient(options);
}

/** Any answer on the health path is a gateway's; a closed port answers at once. */
async function isServing(url: string): Promise<boolean> {
  try {
    return (await fetch(new URL('/health/live', url), { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

function gatewayClient(address: string, token: string | undefined): GraphClient {
  const endpoint = URL.canParse(address) ? new URL(address) : null;
  if (endpoint === null || !/^https?:$/.test(endpoint.protocol) || endpoint.username + endpoint.password !== '') {
    throw new StartupError(
      '--url must be an http or https address without a user, e.g. http://127.0.0.1:4000. The token is taken from WEFT_TOKEN.',
    );
  }
  if (endpoint.pathname === '/') endpoint.pathname = '/graphql';
  const headers = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return {
    place: `the gateway at ${endpoint.origin}`,
    async request<Data>(query: string, variables: Readonly<Record<string, unknown>>) {
      let response: Response;
      try {
        const body = JSON.stringify({ query, variables });
        // Followed, a redirect could take a whole repository, and on the same host the token, where nobody meant them to go.
        response = await fetch(endpoint, { method: 'POST', headers, body, redirect: 'manual' });
      } catch (error) {
        throw new StartupError(`There is no answer from ${endpoint.origin}: is the gateway running?`, { cause: error });
      }
      if (response.status === 413) {
        throw new StartupError('The gateway takes no request as large as this one: raise its WEFT_MAX_BODY_BYTES.');
      }
      const location = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && location !== null) {
        throw new StartupError(
          `${endpoint.href} redirects to ${printable(location)}: give that address if you trust it.`,
        );
      }
      const answer = (await response.json().catch(() => null)) as Partial<ExecutionResult> | null;
      if (!answer?.data && !answer?.errors?.length) {
        throw new StartupError(
          `${endpoint.href} answered ${response.status} and nothing of a graph: is it a GraphQL endpoint?`,
        );
      }
      return unwrap<Data>(answer);
    },
    close: () => Promise.resolve(),
  };
}

/** The operator who can open the store may do what the local developer may. */
async function storeClient({ config, log }: ConnectOptions): Promise<GraphClient> {
  const store = await openStore({ ...config, seed: false }, log);
  const { database } = store;
  const metrics = createGatewayMetrics({ process: false });
  const executor = await createGraphExecutor({ config, database, log, metrics }).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const identity = Identity.of({ subject: 'local-developer', scopes: ['*'] });
  return {
    place: config.database.url === undefined ? `the embedded store in ${config.database.dataDir}` : 'the database',
    async request<Data>(source: string, variables: Readonly<Record<string, unknown>>) {
      const context = { requestId: randomUUID(), headers: {}, identity, perSubgraph: new Map<string, unknown>() };
      return unwrap<Data>(await executor.execute({ document: parse(source), source, variables, context }));
    },
    async close() {
      await executor.dispose();
      await store.close();
    },
  };
}

function unwrap<Data>({ data, errors }: ExecutionResult): Data {
  const error = errors?.[0];
  if (error !== undefined) {
    const advice = error.extensions?.['code'] === 'UNAUTHENTICATED' ? ' Put a token into WEFT_TOKEN.' : '';
    throw new StartupError(`The graph refused: ${printable(error.message)}${advice}`);
  }
  return data as Data;
}
