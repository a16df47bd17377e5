/** Users, connected repositories with the audits of their pushes, and projects with their contracts and builds. No audit waits: a worker would fetch its commit. */
import { at, later } from '../calendar.js';
import type { BuildStory, CheckCode, RepositoryStory } from '../chapter.js';
import { idOf, pick, sha256 } from '../ids.js';
import type { RowSet } from '../row-set.js';
import { people, pipeline } from '../story/company.js';
import { tellLog } from './build-log.js';
import { contractsOf } from './contracts.js';
import { commitsOf, type Push } from './pushes.js';

const githubUsers = Object.values(people).filter((person) => person.githubLogin !== null);

export function userId(githubLogin: string): string {
  return idOf(`github user ${githubLogin}`);
}

export function buildId(fullName: string, phase: string): string {
  return idOf(`build ${fullName} ${phase}`);
}

/** Nobody signs in as one of them, so there is no token to keep. */
export function tellUsers(rows: RowSet, on: string): void {
  githubUsers.forEach(({ githubLogin, subject }, index) => {
    const login = githubLogin ?? '';
    const githubId = 9_000_001 + index;
    const moment = at(on, `07:1${index}`);
    rows.add('builds.users', {
      id: userId(login),
      github_id: githubId,
      github_login: login,
      access_token: '',
      created_at: moment,
    });
    const details = { githubId: String(githubId), githubLogin: login };
    rows.note({ at: moment, user: subject, type: 'User', key: login, action: 'userRegistered', details });
  });
}

export function tellBuilds(story: RepositoryStory, rows: RowSet): void {
  const { fullName, registeredOn, githubRepoId } = story;
  const lead = people[story.lead];
  const connectedAt = at(registeredOn, '08:30');
  rows.add('builds.repos', {
    id: idOf(`repo ${fullName}`),
    user_id: userId(lead.githubLogin ?? people.jana.githubLogin),
    github_repo_id: githubRepoId,
    full_name: fullName,
    webhook_id: githubRepoId + 100_000,
    webhook_active: true,
    created_at: connectedAt,
    updated_at: connectedAt,
  });
  rows.note({
    at: connectedAt,
    user: lead.subject,
    type: 'Repository',
    key: fullName,
    repository: fullName,
    action: 'repositoryConnected',
    details: { githubRepoId: String(githubRepoId), webhookActive: true },
  });
  for (const push of commitsOf(story)) tellAudit(fullName, push, rows);
  tellProject(story, rows);
}

const checkNames: Readonly<Record<CheckCode, string>> = {
  A0: 'Syntax',
  A4: 'Boundaries',
  A9: 'Dependency gate',
  P1: 'Surface against physics',
  T1: 'Tests of what changed',
  W1: 'Secrets scan',
};

function tellAudit(fullName: string, { commit, sha, at: pushedAt, auditRunId }: Push, rows: RowSet): void {
  const deliveryId = idOf(`delivery ${sha}`);
  rows.add('builds.webhook_deliveries', {
    delivery_id: deliveryId,
    event: 'push',
    action: null,
    repository_full_name: fullName,
    outcome: 'ACCEPTED',
    received_at: pushedAt,
  });
  const checks = (Object.keys(checkNames) as CheckCode[]).map((code) => {
    const [result, detail] = commit.checks?.[code] ?? (['PASS', null] as const);
    return { code, name: checkNames[code], result, detail };
  });
  const failed = checks.some(({ result }) => result === 'FAIL');
  const isError = commit.auditError !== undefined;
  const overallResult = isError ? 'ERROR' : failed ? 'FAIL' : 'PASS';
  const startedAt = later(pushedAt, 1);
  const completedAt = later(startedAt, 2);
  rows.add('builds.audit_runs', {
    id: auditRunId,
    repo_id: idOf(`repo ${fullName}`),
    commit_sha: sha,
    commit_message: commit.message,
    commit_author: people[commit.by].name,
    branch: 'main',
    status: isError ? 'error' : 'completed',
    overall_result: overallResult,
    error_detail: commit.auditError ?? null,
    started_at: startedAt,
    completed_at: completedAt,
    files_checked: isError ? 0 : 90 + pick(`files ${sha}`, 120),
    worker: pipeline,
    delivery_id: deliveryId,
    created_at: pushedAt,
  });
  const about = { type: 'AuditRun', key: auditRunId, repository: fullName };
  const requested = { commitSha: sha, branch: 'main' };
  rows.note({ ...about, at: pushedAt, user: 'github', action: 'auditRunRequested', details: requested });
  const ended = { ...about, at: completedAt, user: pipeline };
  if (isError) {
    const details = { status: ['RUNNING', 'ERROR'], reason: commit.auditError };
    return rows.note({ ...ended, action: 'auditRunFailed', details });
  }
  for (const { code, name, result, detail } of checks) {
    rows.add('builds.audit_checks', {
      id: idOf(`check ${auditRunId} ${code}`),
      audit_run_id: auditRunId,
      check_code: code,
      check_name: name,
      result,
      detail,
      created_at: completedAt,
    });
  }
  const results = checks.map(({ code, result }) => [code, result]);
  const details = { status: ['RUNNING', 'COMPLETED'], overallResult, checks: results };
  rows.note({ ...ended, action: 'auditRunCompleted', details });
}

function tellProject(story: RepositoryStory, rows: RowSet): void {
  const { fullName, project } = story;
  const lead = people[story.lead];
  const id = idOf(`project ${fullName}`);
  const createdAt = at(project.createdOn, '09:15');
  rows.add('builds.projects', {
    id,
    user_id: userId(lead.githubLogin ?? people.jana.githubLogin),
    name: project.name,
    description: project.description,
    status: project.status,
    repo_id: idOf(`repo ${fullName}`),
    questionnaire_state: project.questionnaire,
    created_at: createdAt,
    updated_at: later(createdAt, 60 * 24 * 3),
  });
  const about = { type: 'Project', key: id, repository: fullName, user: lead.subject };
  rows.note({ ...about, at: createdAt, action: 'projectCreated', details: { name: project.name } });
  contractsOf(story).forEach(({ type, content }, index) => {
    const savedAt = later(createdAt, 60 * (24 + index));
    const contractId = idOf(`contract ${fullName} ${type}`);
    rows.add('builds.project_contracts', {
      id: contractId,
      project_id: id,
      contract_type: type,
      content,
      saved_by: lead.subject,
      created_at: savedAt,
      updated_at: savedAt,
    });
    rows.note({
      at: savedAt,
      user: lead.subject,
      type: 'ProjectContract',
      key: contractId,
      repository: fullName,
      action: 'contractSaved',
      details: { contractType: type.toUpperCase(), version: 1, contentHash: sha256(content) },
      event: false,
    });
  });
  const steps = ['DRAFT', 'QUESTIONNAIRE', 'CONTRACTS_READY', 'BUILDING', 'COMPLETED'];
  const reached = steps.indexOf(project.status.toUpperCase());
  steps.slice(0, reached).forEach((from, index) => {
    const to = steps[index + 1];
    const isLast = to === 'COMPLETED';
    const on = isLast
      ? at(project.builds.at(-1)?.on ?? project.createdOn, '17:00')
      : later(createdAt, 60 * 24 * 2 * (index + 1));
    rows.note({ ...about, at: on, action: 'projectStatusChanged', details: { status: [from, to] } });
  });
  const pushes = commitsOf(story);
  for (const build of project.builds) {
    const push = pushes.findLast(({ commit }) => commit.on <= build.on);
    tellBuild(fullName, id, { ...build, commitSha: push?.sha ?? null }, rows);
  }
}

type BuildOfCommit = BuildStory & { readonly commitSha: string | null };

function tellBuild(fullName: string, projectId: string, build: BuildOfCommit, rows: RowSet): void {
  const { phase, status, minutes, loops } = build;
  const id = buildId(fullName, phase);
  const createdAt = at(build.on, '10:00');
  const startedAt = later(createdAt, 2);
  const completedAt = status === 'running' ? null : later(startedAt, minutes);
  const lines = tellLog(fullName, build, { buildId: id, startedAt }, rows);
  rows.add('builds.builds', {
    id,
    project_id: projectId,
    phase,
    commit_sha: build.commitSha,
    status,
    started_at: startedAt,
    completed_at: completedAt,
    error_detail: build.error ?? null,
    loop_count: loops,
    created_at: createdAt,
    updated_at: completedAt ?? startedAt,
    heartbeat_at: later(startedAt, minutes),
    last_log_sequence: lines,
  });
  const about = { type: 'Build', key: id, repository: fullName };
  rows.note({ ...about, at: createdAt, user: people.jana.subject, action: 'buildCreated', details: { phase } });
  const started = { status: ['PENDING', 'RUNNING'] };
  rows.note({ ...about, at: startedAt, user: 'builder-1', action: 'buildStarted', details: started });
  if (completedAt === null) return;
  const ended = status === 'completed' ? 'Completed' : status === 'failed' ? 'Failed' : 'Cancelled';
  const details = { status: ['RUNNING', status.toUpperCase()], ...(build.error && { reason: build.error }) };
  rows.note({ ...about, at: completedAt, user: 'builder-1', action: `build${ended}`, details });
}
