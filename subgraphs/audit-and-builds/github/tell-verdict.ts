/** Tells a verdict at GitHub, once in effect: what an earlier try has told is found again, and gone on from. */
import type { VerdictReport } from '../domain/verdict-report.js';
import type { GithubAccess } from './access.js';

export interface ToldVerdict extends VerdictReport {
  readonly auditRunId: string;
  readonly fullName: string;
  readonly commitSha: string;
  readonly startedAt: string;
  readonly completedAt: string;
  /** Where its readers find Weft. */
  readonly detailsUrl: string | null;
}

const checkName = 'Weft audit';
const context = 'weft/audit';
/** As many as GitHub takes in one request. */
const batchSize = 50;
/** Tried again, what GitHub did before its answer was lost would be there twice: it is looked for first, by who tries next. */
const once = { retries: 0 };

/** Answers where people see it. Throws what octokit throws. */
export function tellVerdict(access: GithubAccess, verdict: ToldVerdict): Promise<string | null> {
  return access.kind === 'app' ? tellCheckRun(access, verdict) : tellStatus(access, verdict);
}

async function tellCheckRun(
  { client, appId }: Extract<GithubAccess, { kind: 'app' }>,
  verdict: ToldVerdict,
): Promise<string | null> {
  const { title, summary, annotations, conclusion } = verdict;
  const place = placeOf(verdict);
  const { data } = await client.request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
    ...place,
    ref: verdict.commitSha,
    check_name: checkName,
    app_id: appId,
    filter: 'all',
    per_page: 100,
  });
  const known = data.check_runs.find(({ external_id: id }) => id === verdict.auditRunId);
  if (known?.status === 'completed') return known.html_url;
  const ended = { status: 'completed', conclusion, completed_at: verdict.completedAt } as const;
  // Seen as running until all of it is there.
  const stateAfter = (told: number) => (told < annotations.length ? ({ status: 'in_progress' } as const) : ended);
  const outputFrom = (from: number) => ({ title, summary, annotations: annotations.slice(from, from + batchSize) });
  let told = known?.output.annotations_count ?? batchSize;
  let run = known ?? null;
  if (run === null) {
    const created = await client.request('POST /repos/{owner}/{repo}/check-runs', {
      ...place,
      name: checkName,
      head_sha: verdict.commitSha,
      external_id: verdict.auditRunId,
      started_at: verdict.startedAt,
      ...(verdict.detailsUrl !== null && { details_url: verdict.detailsUrl }),
      ...stateAfter(told),
      output: outputFrom(0),
      request: once,
    });
    run = created.data;
    if (told >= annotations.length) return run.html_url;
  }
  do {
    const output = outputFrom(told);
    told += batchSize;
    await client.request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
      ...place,
      check_run_id: run.id,
      ...stateAfter(told),
      output,
      request: once,
    });
  } while (told < annotations.length);
  return run.html_url;
}

async function tellStatus(
  { client }: Extract<GithubAccess, { kind: 'user' }>,
  verdict: ToldVerdict,
): Promise<string | null> {
  const { commitSha, state, description, detailsUrl } = verdict;
  const place = placeOf(verdict);
  const { data } = await client.request('GET /repos/{owner}/{repo}/commits/{ref}/statuses', {
    ...place,
    ref: commitSha,
    per_page: 100,
  });
  // The newest comes first.
  const known = data.find((status) => status.context === context);
  if (known?.state === state && known.description === description) return known.target_url ?? null;
  const { data: made } = await client.request('POST /repos/{owner}/{repo}/statuses/{sha}', {
    ...place,
    sha: commitSha,
    state,
    context,
    description,
    ...(detailsUrl !== null && { target_url: detailsUrl }),
    request: once,
  });
  return made.target_url ?? null;
}

function placeOf({ fullName }: ToldVerdict): { owner: string; repo: string } {
  const [owner = '', repo = ''] = fullName.split('/');
  return { owner, repo };
}
