/** A gateway over PostgreSQL whose requirements nobody can read for now: every question about them holds a connection. */
import { createRequestContext } from '../../cli/graph/context.js';
import { createGraphExecutor } from '../../cli/graph/executor.js';
import { LocalSubgraphs } from '../../cli/graph/local-subgraphs.js';
import {
  createGatewayMetrics,
  createGatewayServer,
  createSubgraphServer,
  type RunningServer,
} from '../../gateway/index.js';
import { Identity, type Authenticate } from '../../subgraphs/kernel/auth/index.js';
import { loadConfig } from '../../subgraphs/kernel/config/index.js';
import { openDatabase, type Database } from '../../subgraphs/kernel/db/index.js';
import { createLogger } from '../../subgraphs/kernel/log/index.js';

/** Each field is a statement that waits for as long as the table is held. */
export const attack = `{ ${Array.from({ length: 12 }, (_, n) => `a${n}: requirements(first: ${n + 1}) { nodes { id } }`).join(' ')} }`;
export const victimsQuestion = '{ projects(first: 1) { nodes { id } } }';

export interface HeldGateway {
  readonly url: string;
  readonly database: Database;
  /** Statements that are running in PostgreSQL for whoever asks about requirements. */
  held(): Promise<number>;
  /** The status, the body, and the header that says when to come again. */
  ask(query: string, options?: { as?: string; signal?: AbortSignal }): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: { readonly data?: Record<string, unknown> | null; readonly errors?: readonly GraphQLFault[] };
}

interface GraphQLFault {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** The token is the subject itself: who may call is not what this is about. */
const authenticate: Authenticate = (authorization) =>
  Promise.resolve(
    authorization === undefined
      ? Identity.anonymous
      : Identity.of({ subject: authorization.replace('Bearer ', ''), scopes: [] }),
  );

export async function openHeldGateway(
  databaseUrl: string,
  {
    shape = 'in process',
    poolSize = 20,
    waitMs = 500,
  }: { shape?: 'in process' | 'over HTTP'; poolSize?: number; waitMs?: number } = {},
): Promise<HeldGateway> {
  const log = createLogger({ level: 'silent' });
  const config = loadConfig({}, { serves: false });
  const database = await openDatabase({ url: databaseUrl, log, poolSize, waitMs });
  const outside = await openDatabase({ url: databaseUrl, log, poolSize: 3 });
  const metrics = createGatewayMetrics({ process: false });
  const local = new LocalSubgraphs(config);
  const subgraphs: RunningServer[] = [];
  const remotes: Record<string, string> = {};
  if (shape === 'over HTTP') {
    for (const name of ['traceability', 'audit-and-builds'] as const) {
      const contextFor: Parameters<typeof createSubgraphServer>[0]['contextFor'] = (request) =>
        createRequestContext(database, request);
      const server = createSubgraphServer({ name, schema: await local.schema(name), authenticate, log, contextFor });
      remotes[name] = `${await server.listen(0)}/graphql`;
      subgraphs.push(server);
    }
  }
  const executor = await createGraphExecutor({ config, database, log, metrics, remotes, local });
  const server = await createGatewayServer({
    executor,
    authenticate,
    log,
    metrics,
    readiness: [{ name: 'database', check: async () => void (await database.query('select 1')) }],
  });
  const url = await server.listen(0);
  let letGo: () => void = () => undefined;
  const release = new Promise<void>((resolve) => (letGo = resolve));
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const holding = outside.transaction(async (tx) => {
    await tx.query('set local idle_in_transaction_session_timeout = 0');
    await tx.query('lock table traceability.requirements in access exclusive mode');
    begin();
    await release;
  });
  await begun;
  return {
    url,
    database,
    async held() {
      const [row] = await outside.query<{ count: number }>(
        `select count(*)::int4 as count from pg_catalog.pg_locks l
         where not granted and relation = 'traceability.requirements'::regclass`,
      );
      return row?.count ?? 0;
    },
    async ask(query, { as, signal } = {}) {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          ...(as !== undefined && { authorization: `Bearer ${as}` }),
        },
        body: JSON.stringify({ query }),
        ...(signal !== undefined && { signal }),
      });
      const body = (await response.json()) as Answer['body'];
      return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
    },
    async close() {
      letGo();
      await holding;
      await server.close();
      await executor.dispose();
      for (const subgraph of subgraphs) await subgraph.close();
      await database.close();
      await outside.close();
    },
  };
}
