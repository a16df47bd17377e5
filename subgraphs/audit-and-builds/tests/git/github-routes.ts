/** What the stand-in for GitHub answers, route by route. The types are GitHub's own description of its API. */
import type { Endpoints } from '@octokit/types';

type DataOf<Route extends keyof Endpoints> = Endpoints[Route]['response']['data'];
type CheckRun = DataOf<'POST /repos/{owner}/{repo}/check-runs'>;
type Status = DataOf<'POST /repos/{owner}/{repo}/statuses/{sha}'>;
type Hook = DataOf<'POST /repos/{owner}/{repo}/hooks'>;
type CheckRunInput = Partial<Endpoints['POST /repos/{owner}/{repo}/check-runs']['parameters']>;
export type SentAnnotation = NonNullable<NonNullable<CheckRunInput['output']>['annotations']>[number];

interface HeldCheckRun {
  readonly run: CheckRun;
  readonly annotations: SentAnnotation[];
}

export interface HeldRepository {
  readonly id: number;
  installationId: number | null;
  readonly checkRuns: HeldCheckRun[];
  readonly statuses: (Status & { readonly sha: string })[];
  readonly hooks: (Hook & { readonly secret: string })[];
}

/** What a token may do here. */
export type Caller =
  { readonly kind: 'app' } | { readonly kind: 'installation'; readonly id: number } | { readonly kind: 'user' };

export interface Call {
  readonly caller: Caller;
  readonly repository: HeldRepository | undefined;
  readonly fullName: string;
  readonly parameters: readonly string[];
  readonly query: URLSearchParams;
  readonly body: Record<string, unknown>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

const moment = '2026-01-01T00:00:00Z';
const permissions = { checks: 'write', contents: 'read', metadata: 'read' } as const;

/** What routes know of the host. */
interface HostState {
  readonly url: string;
  readonly appId: number;
  newId(): number;
  /** Answers a token of the installation, for one repository or for all that it has. */
  grant(installationId: number, repositoryIds: readonly number[] | undefined): string;
}

export const notFound = { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' };

export interface Route {
  readonly operation: string;
  readonly method: string;
  readonly path: RegExp;
  readonly callers: readonly Caller['kind'][];
  readonly handle: (state: HostState, call: Call) => Answer;
}

function route<Name extends keyof Endpoints>(
  operation: Name,
  callers: readonly Caller['kind'][],
  handle: (
    state: HostState,
    call: Call & { readonly repository: HeldRepository },
  ) => { readonly status: number; readonly body?: DataOf<Name> | typeof notFound | { readonly message: string } },
): Route {
  const [method = '', template = ''] = operation.split(' ');
  return {
    operation,
    method,
    path: new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`),
    callers,
    handle: (state, call) => handle(state, call as Call & { repository: HeldRepository }),
  };
}

export const routes: readonly Route[] = [
  route('GET /repos/{owner}/{repo}/installation', ['app'], (state, { repository }) => {
    const { installationId: id } = repository;
    if (id === null) return { status: 404, body: notFound };
    return {
      status: 200,
      body: {
        id,
        account: null,
        repository_selection: 'selected' as const,
        access_tokens_url: `${state.url}/app/installations/${id}/access_tokens`,
        repositories_url: `${state.url}/installation/repositories`,
        html_url: `${state.url}/settings/installations/${id}`,
        app_id: state.appId,
        target_id: 1,
        target_type: 'Organization',
        permissions,
        events: ['push', 'pull_request'],
        created_at: moment,
        updated_at: moment,
        single_file_name: null,
        app_slug: 'weft',
        suspended_by: null,
        suspended_at: null,
      },
    };
  }),
  route('POST /app/installations/{installation_id}/access_tokens', ['app'], (state, { parameters, body }) => ({
    status: 201,
    body: {
      token: state.grant(Number(parameters[0]), body['repository_ids'] as number[] | undefined),
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      permissions: (body['permissions'] as typeof permissions | undefined) ?? permissions,
      repository_selection: 'selected' as const,
    },
  })),
  route('POST /repos/{owner}/{repo}/check-runs', ['installation'], (state, { repository, fullName, body }) => {
    const input = body as CheckRunInput;
    const annotations = [...(input.output?.annotations ?? [])];
    if (annotations.length > 50) return tooMany;
    const id = state.newId();
    const url = `${state.url}/repos/${fullName}/check-runs/${id}`;
    const run: CheckRun = {
      id,
      head_sha: String(input.head_sha),
      node_id: `CR_${id}`,
      external_id: input.external_id ?? null,
      url,
      html_url: `${state.url}/${fullName}/runs/${id}`,
      details_url: input.details_url ?? null,
      status: input.status ?? 'queued',
      conclusion: (input.conclusion ?? null) as CheckRun['conclusion'],
      started_at: input.started_at ?? moment,
      completed_at: input.completed_at ?? null,
      output: {
        title: input.output?.title ?? null,
        summary: input.output?.summary ?? null,
        text: null,
        annotations_count: annotations.length,
        annotations_url: `${url}/annotations`,
      },
      name: String(input.name),
      check_suite: { id: 1 },
      app: null,
      pull_requests: [],
    };
    repository.checkRuns.push({ run, annotations });
    return { status: 201, body: run };
  }),
  route(
    'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
    ['installation'],
    (_state, { repository, parameters, body }) => {
      const held = repository.checkRuns.find(({ run }) => run.id === Number(parameters[2]));
      if (held === undefined) return { status: 404, body: notFound };
      const { output, status, conclusion, completed_at } = body as CheckRunInput;
      if ((output?.annotations?.length ?? 0) > 50) return tooMany;
      held.annotations.push(...(output?.annotations ?? []));
      Object.assign(held.run.output, {
        ...(output !== undefined && { title: output.title ?? null, summary: output.summary }),
        annotations_count: held.annotations.length,
      });
      Object.assign(held.run, {
        ...(status !== undefined && { status }),
        ...(conclusion !== undefined && { conclusion }),
        ...(completed_at !== undefined && { completed_at }),
      });
      return { status: 200, body: held.run };
    },
  ),
  route(
    'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    ['installation', 'user'],
    (_state, { repository, parameters, query }) => {
      const name = query.get('check_name');
      const found = repository.checkRuns
        .map(({ run }) => run)
        .filter((run) => run.head_sha === parameters[2] && (name === null || run.name === name));
      return { status: 200, body: { total_count: found.length, check_runs: found } };
    },
  ),
  route(
    'GET /repos/{owner}/{repo}/commits/{ref}/statuses',
    ['installation', 'user'],
    (_state, { repository, parameters }) => ({
      status: 200,
      body: repository.statuses.filter(({ sha }) => sha === parameters[2]).map(({ sha: _sha, ...status }) => status),
    }),
  ),
  route('POST /repos/{owner}/{repo}/statuses/{sha}', ['user'], (state, { repository, fullName, parameters, body }) => {
    const id = state.newId();
    const sha = parameters[2] ?? '';
    const status: Status = {
      url: `${state.url}/repos/${fullName}/statuses/${sha}`,
      avatar_url: null,
      id,
      node_id: `SC_${id}`,
      state: String(body['state']),
      description: (body['description'] as string | undefined) ?? null,
      target_url: (body['target_url'] as string | undefined) ?? null,
      context: String(body['context'] ?? 'default'),
      created_at: moment,
      updated_at: moment,
      creator: null,
    };
    repository.statuses.unshift({ ...status, sha });
    return { status: 201, body: status };
  }),
  route('GET /repos/{owner}/{repo}/hooks', ['user'], (_state, { repository }) => ({
    status: 200,
    body: repository.hooks.map(withoutSecret),
  })),
  route('POST /repos/{owner}/{repo}/hooks', ['user'], (state, { repository, fullName, body }) => {
    const config = body['config'] as Hook['config'];
    if (repository.hooks.some((hook) => hook.config.url === config.url)) {
      return { status: 422, body: { message: 'Hook already exists on this repository' } };
    }
    const id = state.newId();
    const url = `${state.url}/repos/${fullName}/hooks/${id}`;
    const { secret = '', ...shown } = config;
    const hook = {
      type: 'Repository',
      id,
      name: 'web',
      active: body['active'] !== false,
      events: body['events'] as string[],
      config: { ...shown, secret: '********' },
      updated_at: moment,
      created_at: moment,
      url,
      test_url: `${url}/test`,
      ping_url: `${url}/pings`,
      deliveries_url: `${url}/deliveries`,
      last_response: { code: null, status: 'unused', message: null },
      secret,
    };
    repository.hooks.push(hook);
    return { status: 201, body: withoutSecret(hook) };
  }),
  route('PATCH /repos/{owner}/{repo}/hooks/{hook_id}', ['user'], (_state, { repository, parameters, body }) => {
    const hook = repository.hooks.find(({ id }) => id === Number(parameters[2]));
    if (hook === undefined) return { status: 404, body: notFound };
    const { secret = hook.secret } = body['config'] as Hook['config'];
    Object.assign(hook, { secret, events: body['events'] ?? hook.events, active: body['active'] ?? hook.active });
    return { status: 200, body: withoutSecret(hook) };
  }),
  route('DELETE /repos/{owner}/{repo}/hooks/{hook_id}', ['user'], (_state, { repository, parameters }) => {
    const index = repository.hooks.findIndex(({ id }) => id === Number(parameters[2]));
    if (index === -1) return { status: 404, body: notFound };
    repository.hooks.splice(index, 1);
    return { status: 204 };
  }),
];

const tooMany = { status: 422, body: { message: 'Invalid request. No more than 50 items are allowed.' } };

function withoutSecret({ secret: _secret, ...hook }: HeldRepository['hooks'][number]): Hook {
  return hook;
}
