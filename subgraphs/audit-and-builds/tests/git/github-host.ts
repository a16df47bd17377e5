/**
 * A GitHub for tests: git over http, and of its REST API what Weft uses. The types of its answers are GitHub's own description; where
 * that lies in `.weft/api.github.com.json`, requests and answers are held against it as they run.
 */
import { createHash, createHmac, createPublicKey, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { openGitHost, type GitHost } from './git-host.js';
import { readDescription, type Description } from './github-description.js';
import { notFound, routes, type Answer, type Caller, type HeldRepository, type Route } from './github-routes.js';

export interface GithubHost extends GitHost {
  readonly apiUrl: string;
  readonly app: { readonly id: number; readonly key: string };
  /** `METHOD /path` and status of every call of the API. */
  readonly calls: readonly { readonly call: string; readonly status: number }[];
  add(fullName: string, id: number): HeldRepository;
  install(fullName: string, installationId: number): void;
  /** Answers the next calls that `matches` in its own way; `after` lets them have their effect first. */
  disturb(matches: RegExp, answers: readonly Disturbance[]): void;
  /** Delivers to every webhook that is registered for the event. Answers their statuses. */
  deliver(fullName: string, event: string, payload: object): Promise<number[]>;
}

export interface Disturbance {
  readonly when: 'before' | 'after';
  /** Null: no answer at all, and the connection stays. */
  readonly status: number | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly message?: string;
}

export async function openGithub(userToken: string): Promise<GithubHost> {
  const git = await openGitHost();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const state = new GithubState(userToken, createPublicKey(publicKey), await readDescription());
  const server = createServer((request, response) => {
    void state.serve(request, response).catch((error: unknown) => {
      state.faults.push(error);
      response.writeHead(501).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  state.url = `http://127.0.0.1:${port}`;
  return {
    ...git,
    apiUrl: state.url,
    app: { id: state.appId, key: privateKey },
    calls: state.calls,
    add: (fullName, id) => state.add(fullName, id),
    install: (fullName, installationId) => {
      state.repository(fullName).installationId = installationId;
      git.protect(fullName, (token) => state.mayRead(token, fullName));
    },
    disturb: (matches, answers) => void state.disturbances.push(...answers.map((answer) => ({ matches, answer }))),
    deliver: (fullName, event, payload) => state.deliver(fullName, event, payload),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await git.close();
      if (state.faults.length > 0)
        throw new AggregateError(state.faults, `not as GitHub does: ${String(state.faults[0])}`);
    },
  };
}

class GithubState {
  readonly appId = 4_711;
  readonly calls: { call: string; status: number }[] = [];
  readonly disturbances: { readonly matches: RegExp; readonly answer: Disturbance }[] = [];
  readonly faults: unknown[] = [];
  url = '';
  #ids = 100;
  readonly #repositories = new Map<string, HeldRepository>();
  /** Installation tokens, and the one repository that each is for; null is all. */
  readonly #tokens = new Map<string, { readonly installationId: number; readonly repositoryId: number | null }>();

  constructor(
    readonly userToken: string,
    readonly appKey: KeyObject,
    readonly description: Description | null,
  ) {}

  add(fullName: string, id: number): HeldRepository {
    const repository = { id, installationId: null, checkRuns: [], statuses: [], hooks: [] };
    this.#repositories.set(fullName.toLowerCase(), repository);
    return repository;
  }

  repository(fullName: string): HeldRepository {
    const repository = this.#repositories.get(fullName.toLowerCase());
    if (repository === undefined) throw new Error(`there is no ${fullName}`);
    return repository;
  }

  mayRead(token: string, fullName: string): boolean {
    const granted = this.#tokens.get(token);
    const { id, installationId } = this.repository(fullName);
    return granted?.installationId === installationId && (granted?.repositoryId ?? id) === id;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const call = `${request.method ?? 'GET'} ${pathname}`;
    const index = this.disturbances.findIndex(({ matches }) => matches.test(call));
    const disturbance = index === -1 ? null : (this.disturbances.splice(index, 1)[0]?.answer ?? null);
    if (disturbance?.when === 'before') return this.#disturb(call, disturbance, response);
    const route = routes.find(({ method, path }) => method === request.method && path.test(pathname));
    const hasBody = Number(request.headers['content-length'] ?? 0) > 0;
    const body = hasBody ? ((await json(request)) as Record<string, unknown>) : {};
    const answer =
      route === undefined
        ? { status: 404, body: notFound }
        : this.#answer(route, request, { searchParams, pathname, body });
    if (route !== undefined) this.description?.hold(route.operation, body, answer);
    if (disturbance !== null) return this.#disturb(call, disturbance, response);
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
    const isKnown = request.method === 'GET' && answer.status === 200 && request.headers['if-none-match'] === etag;
    const status = isKnown ? 304 : answer.status;
    this.calls.push({ call, status });
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', etag }).end(isKnown ? '' : text);
  }

  #disturb(call: string, { status, headers = {}, message = 'disturbed' }: Disturbance, response: ServerResponse): void {
    this.calls.push({ call, status: status ?? 0 });
    if (status === null) return;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ message }));
  }

  #answer(
    { path, handle, callers }: Route,
    { headers }: IncomingMessage,
    {
      pathname,
      searchParams: query,
      body,
    }: { pathname: string; searchParams: URLSearchParams; body: Record<string, unknown> },
  ): Answer {
    const caller = this.#callerOf(headers.authorization ?? '');
    if (caller === null) return { status: 401, body: { message: 'Bad credentials', status: '401' } };
    const parameters = path.exec(pathname)?.slice(1) ?? [];
    const fullName = `${parameters[0] ?? ''}/${parameters[1] ?? ''}`;
    const repository = this.#repositories.get(fullName.toLowerCase());
    if (!callers.includes(caller.kind)) {
      return { status: 403, body: { message: 'Resource not accessible by integration', status: '403' } };
    }
    const isOthers = caller.kind === 'installation' && repository?.installationId !== caller.id;
    if (path.source.includes('repos') && (repository === undefined || isOthers)) return { status: 404, body: notFound };
    return handle(this, { caller, repository, fullName, parameters, query, body });
  }

  #callerOf(authorization: string): Caller | null {
    const [, token = ''] = /^(?:token|bearer) (.+)$/i.exec(authorization) ?? [];
    if (token === this.userToken) return { kind: 'user' };
    const granted = this.#tokens.get(token);
    if (granted !== undefined) return { kind: 'installation', id: granted.installationId };
    return this.#isApp(token) ? { kind: 'app' } : null;
  }

  #isApp(token: string): boolean {
    const [head = '', claims = '', signature = ''] = token.split('.');
    const signed = Buffer.from(`${head}.${claims}`);
    if (!verify('RSA-SHA256', signed, this.appKey, Buffer.from(signature, 'base64url'))) return false;
    const { iss, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, number>;
    const now = Date.now() / 1_000;
    // Ten minutes are the most that GitHub takes.
    return Number(iss) === this.appId && (iat ?? now) <= now && (exp ?? 0) > now && (exp ?? 0) - now <= 600;
  }

  grant(installationId: number, repositoryIds: readonly number[] | undefined): string {
    const token = `ghs_${createHash('sha256')
      .update(String((this.#ids += 1)))
      .digest('hex')
      .slice(0, 36)}`;
    this.#tokens.set(token, { installationId, repositoryId: repositoryIds?.[0] ?? null });
    return token;
  }

  newId(): number {
    return (this.#ids += 1);
  }

  async deliver(fullName: string, event: string, payload: object): Promise<number[]> {
    const { hooks } = this.repository(fullName);
    const statuses: number[] = [];
    for (const { secret, config, events, active } of hooks) {
      if (!active || !(events.includes(event) || event === 'ping')) continue;
      const text = JSON.stringify(payload);
      const answer = await fetch(config.url ?? '', {
        method: 'POST',
        body: text,
        headers: {
          'content-type': 'application/json',
          'x-github-event': event,
          'x-github-delivery': `delivery-${this.newId()}`,
          'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
        },
      });
      statuses.push(answer.status);
    }
    return statuses;
  }
}
