/** A project with its ten contracts, two builds with their logs, and the audits of two pushes. */
import type { Transaction } from '../../subgraphs/kernel/db/index.js';
import { dosePortal, pumpApi, repositories } from './artefacts.js';
import { at, idOf, insertRows, type Row } from './rows.js';

export const githubLogin = 'jana-novak';
const project = idOf('project Dose portal');

const contractTypes = [
  ...['blueprint', 'manifesto', 'stack', 'schema', 'physics'],
  ...['boundaries', 'phases', 'ui', 'builder_contract', 'builder_directive'],
];

export async function seedBuilds(tx: Transaction): Promise<void> {
  await insertRows(tx, 'builds.users', [
    // Nobody signs in as this user, so there is no token to keep.
    { id: idOf('user'), github_id: 9_000_001, github_login: githubLogin, access_token: '', created_at: at(0) },
  ]);
  await insertRows(tx, 'builds.repos', repositories.map(repoRow));
  await insertRows(tx, 'builds.audit_runs', [
    auditRun(pumpApi, 'completed', 'PASS', 30),
    auditRun(dosePortal, 'completed', 'FAIL', 31),
  ]);
  await insertRows(tx, 'builds.audit_checks', [
    auditCheck(pumpApi, 'A4', 'Boundaries', 'PASS', null),
    auditCheck(pumpApi, 'A9', 'Tests of what changed', 'PASS', null),
    auditCheck(pumpApi, 'W1', 'Surface against physics', 'WARN', 'GET /pumps/{id}/journal is not in the contract'),
    auditCheck(dosePortal, 'A4', 'Boundaries', 'PASS', null),
    auditCheck(dosePortal, 'A9', 'Tests of what changed', 'FAIL', 'src/signature/sign.ts changed without a test'),
  ]);
  await insertRows(tx, 'builds.projects', [
    {
      id: project,
      user_id: idOf('user'),
      name: 'Dose portal',
      description: 'Prescriptions and their deliveries for hospital pharmacists.',
      status: 'building',
      repo_id: idOf(`repo ${dosePortal}`),
      questionnaire_state: { audience: 'hospital pharmacists', signatures: true, languages: ['en', 'de'] },
      created_at: at(7),
    },
  ]);
  await insertRows(tx, 'builds.project_contracts', contractTypes.map(contractRow));
  await insertRows(tx, 'builds.builds', [build('Phase 0', 'completed', 12, 4), build('Phase 1', 'running', 33, 6)]);
  await insertRows(tx, 'builds.build_logs', [...logLines('Phase 0', 12, 4), ...logLines('Phase 1', 33, 6)]);
}

function repoRow({ owner, repo, day }: (typeof repositories)[number], index: number): Row {
  return {
    id: idOf(`repo ${owner}/${repo}`),
    user_id: idOf('user'),
    github_repo_id: 9_100_001 + index,
    full_name: `${owner}/${repo}`,
    webhook_id: 9_200_001 + index,
    webhook_active: true,
    created_at: at(day),
  };
}

function auditRun(repository: string, status: string, result: string, day: number): Row {
  const found = repositories.find(({ owner, repo }) => `${owner}/${repo}` === repository);
  return {
    id: idOf(`audit run ${repository}`),
    repo_id: idOf(`repo ${repository}`),
    commit_sha: found?.commitSha,
    commit_message: 'Bind the signature to the record',
    commit_author: 'Jana Novak',
    branch: 'main',
    status,
    overall_result: result,
    started_at: at(day),
    completed_at: at(day, 0, 2),
    files_checked: 118,
    created_at: at(day),
  };
}

function auditCheck(repository: string, code: string, name: string, result: string, detail: string | null): Row {
  return {
    id: idOf(`audit check ${repository} ${code}`),
    audit_run_id: idOf(`audit run ${repository}`),
    check_code: code,
    check_name: name,
    result,
    detail,
    created_at: at(31),
  };
}

function contractRow(type: string): Row {
  return {
    id: idOf(`contract ${type}`),
    project_id: project,
    contract_type: type,
    content: `# ${type.replaceAll('_', ' ')}\n\nWhat the dose portal promises about its ${type.replaceAll('_', ' ')}.\n`,
    saved_by: githubLogin,
    created_at: at(9),
  };
}

function build(phase: string, status: string, day: number, lines: number): Row {
  return {
    id: idOf(`build ${phase}`),
    project_id: project,
    phase,
    status,
    started_at: at(day),
    completed_at: status === 'running' ? null : at(day, 2),
    loop_count: status === 'running' ? 1 : 3,
    created_at: at(day),
    last_log_sequence: lines,
  };
}

function logLines(phase: string, day: number, count: number): Row[] {
  const messages = [
    ['system', 'info', `${phase} started`],
    ['builder', 'info', 'Reading the ten contracts'],
    ['builder', 'debug', 'Planned 7 steps'],
    ['audit', 'warn', 'src/signature/sign.ts has no test yet'],
    ['builder', 'info', 'Writing the test of the signature'],
    ['builder', 'error', 'The signature test failed: the meaning is missing'],
  ] as const;
  return messages.slice(0, count).map(([source, level, message], index) => ({
    id: idOf(`log ${phase} ${index}`),
    build_id: idOf(`build ${phase}`),
    timestamp: at(day, 0, index),
    source,
    level,
    message,
    created_at: at(day, 0, index),
    sequence: index + 1,
  }));
}
