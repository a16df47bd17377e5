/** Projects: their questionnaire, their status, their contracts. */
import { createHash } from 'node:crypto';
import { sql, type Transaction } from '../../kernel/db/index.js';
import { userError } from '../../kernel/errors/index.js';
import {
  assertTransition,
  assertVersion,
  write,
  type Writer,
  type Written,
  type WriteTransaction,
} from '../../kernel/write/index.js';
import { assertText } from '../domain/limits.js';
import { contractTypes, projectTransitions, type ProjectStatus } from '../domain/project-states.js';
import { mergeAnswer, type Answers } from '../domain/questionnaire.js';
import { lockConnected } from './repositories.js';

export interface LockedProject {
  readonly id: string;
  readonly status: ProjectStatus;
  readonly repository: string | null;
  readonly questionnaireState: Answers;
}

/** Throws NOT_FOUND. The row is held until the transaction ends. */
export async function lockProject(tx: Transaction, id: string): Promise<LockedProject> {
  const [row] = await tx.query<LockedProject>(sql`/* builds.lockProject */
    select p.id, upper(p.status) as status, p.questionnaire_state as "questionnaireState",
      (select r.repository_full_name from builds.repos r where r.id = p.repo_id) as repository
    from builds.projects p where p.id = ${id}::uuid for no key update`);
  if (row === undefined) throw userError('NOT_FOUND', 'projectId', 'There is no such project.');
  return row;
}

export interface ProjectFields {
  readonly name?: string | null;
  readonly description?: string | null;
  /** Full name of the connected repository. */
  readonly repository?: string | null;
}

export interface NewProject extends ProjectFields {
  readonly login: string;
  readonly name: string;
  readonly clientKey?: string | null;
}

type Changed = Promise<Written<{ project: string }>>;

export function createProject(writer: Writer, { clientKey, ...input }: NewProject): Changed {
  return write(writer, { operation: 'projectCreate', clientKey, input }, async (tx) => {
    const { repoId, repository } = await checkFields(tx, input);
    const [project] = await tx.query<{ id: string }>(sql`/* builds.insertProject */
      insert into builds.projects (user_id, name, description, repo_id)
      select id, ${input.name}, ${input.description ?? null}, ${repoId}::uuid from builds.users where login = ${input.login}
      returning id`);
    if (project === undefined) throw userError('NOT_FOUND', 'userId', 'There is no such user.');
    noteProject(tx, { id: project.id, repository }, 'projectCreated', { name: input.name });
    return { project: project.id };
  });
}

export function updateProject(writer: Writer, id: string, input: ProjectFields): Changed {
  return write(writer, { operation: 'projectUpdate' }, async (tx) => {
    const { repoId, repository } = await checkFields(tx, input);
    const project = await lockProject(tx, id);
    await tx.query(sql`/* builds.updateProject */
      update builds.projects set name = coalesce(${input.name ?? null}, name),
        description = coalesce(${input.description ?? null}, description), repo_id = coalesce(${repoId}::uuid, repo_id)
      where id = ${id}::uuid`);
    noteProject(tx, { id, repository: repository ?? project.repository }, 'projectUpdated', {
      changed: Object.keys(input).filter((name) => input[name as keyof ProjectFields] != null),
    });
    return { project: id };
  });
}

async function checkFields(
  tx: Transaction,
  { name, description, repository }: ProjectFields,
): Promise<{ repoId: string | null; repository: string | null }> {
  if (name != null) assertText('name', name, { max: 255 });
  if (description != null) assertText('description', description, { min: 0, max: 10_000 });
  if (repository == null) return { repoId: null, repository: null };
  const connected = await lockConnected(tx, repository);
  return { repoId: connected.id, repository: connected.fullName };
}

export function changeProjectStatus(writer: Writer, id: string, status: ProjectStatus): Changed {
  return write(writer, { operation: 'projectStatusChange' }, async (tx) => {
    const project = await lockProject(tx, id);
    assertTransition({ transitions: projectTransitions, from: project.status, to: status, field: 'status' });
    if (status === 'CONTRACTS_READY') await assertContracts(tx, id);
    await moveProject(tx, project, status);
    return { project: id };
  });
}

/** The transition must have been checked. */
export async function moveProject(tx: WriteTransaction, project: LockedProject, status: ProjectStatus): Promise<void> {
  await tx.query(sql`/* builds.moveProject */
    update builds.projects set status = ${status.toLowerCase()} where id = ${project.id}::uuid`);
  noteProject(tx, project, 'projectStatusChanged', { status: [project.status, status] });
}

async function assertContracts(tx: Transaction, id: string): Promise<void> {
  const rows = await tx.query<{ type: string }>(sql`/* builds.contractTypesOfProject */
    select upper(contract_type) as type from builds.project_contracts where project_id = ${id}::uuid`);
  const missing = contractTypes.filter((type) => !rows.some((row) => row.type === type));
  if (missing.length === 0) return;
  throw userError('CONFLICT', 'status', `CONTRACTS_READY needs all ten contracts; missing: ${missing.join(', ')}.`);
}

const largestQuestionnaire = 1_000_000;

/** The row is locked between reading and writing: answers given at the same time to different questions all stay. */
export function answerQuestion(
  writer: Writer,
  id: string,
  { path, value }: { path: readonly string[]; value: unknown },
): Changed {
  return write(writer, { operation: 'questionnaireAnswer' }, async (tx) => {
    if (path.length < 1 || path.length > 10) throw userError('VALIDATION', 'path', 'Expected 1 to 10 names.');
    path.forEach((name, index) => assertText(['path', String(index)], name, { max: 100 }));
    const project = await lockProject(tx, id);
    const state = sql.json(mergeAnswer(project.questionnaireState, path, value));
    if (state.length > largestQuestionnaire) {
      throw userError('VALIDATION', 'value', `All answers together may have ${largestQuestionnaire} characters.`);
    }
    await tx.query(sql`/* builds.storeAnswers */
      update builds.projects set questionnaire_state = ${state}::jsonb where id = ${id}::uuid`);
    noteProject(tx, project, 'questionnaireAnswered', { path });
    if (project.status === 'DRAFT') await moveProject(tx, project, 'QUESTIONNAIRE');
    return { project: id };
  });
}

export interface ContractInput {
  readonly projectId: string;
  /** As stored. */
  readonly type: string;
  readonly content: string;
  readonly expectedVersion?: number | null;
}

/** Version and history are the database's: a trigger raises the one and keeps the other. */
export function saveContract(writer: Writer, input: ContractInput): Promise<Written<{ projectContract: string }>> {
  return write(writer, { operation: 'contractSave' }, async (tx) => {
    const { projectId, type, content, expectedVersion } = input;
    assertText('content', content, { max: 1_000_000 });
    const project = await lockProject(tx, projectId);
    const [before] = await tx.query<{ id: string; version: number; content: string }>(sql`/* builds.contractByType */
      select id, version, content from builds.project_contracts where project_id = ${projectId}::uuid and contract_type = ${type}`);
    if (expectedVersion != null) assertVersion({ expected: expectedVersion, current: before?.version ?? 0 });
    if (before?.content === content) return { projectContract: before.id };
    const [saved] = await tx.query<{ id: string; version: number }>(sql`/* builds.saveContract */
      insert into builds.project_contracts (project_id, contract_type, content, saved_by)
      values (${projectId}::uuid, ${type}, ${content}, ${writer.auth.subject})
      on conflict (project_id, contract_type) do update set content = excluded.content, saved_by = excluded.saved_by
      returning id, version`);
    if (saved === undefined) throw new Error('a contract was not stored');
    tx.record({
      type: 'ProjectContract',
      key: saved.id,
      action: 'contractSaved',
      repository: project.repository,
      details: {
        type,
        version: [before?.version ?? 0, saved.version],
        contentHash: createHash('sha256').update(content, 'utf8').digest('hex'),
      },
    });
    return { projectContract: saved.id };
  });
}

function noteProject(
  tx: WriteTransaction,
  { id, repository }: Pick<LockedProject, 'id' | 'repository'>,
  action: string,
  details: Record<string, unknown>,
): void {
  tx.record({ type: 'Project', key: id, repository, action, details });
}
