/** Workflow templates: each save of something new is a version of its own. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import { userError, UserErrors } from '../../kernel/errors/index.js';
import { assertVersion, canonicalJson, write, type Writer, type Written } from '../../kernel/write/index.js';
import { fromPointer } from '../domain/schema-content.js';
import type { NamedReferences } from '../domain/template-rules.js';
import type { KnownReferences, TemplateProblem, TemplateSpec } from '../domain/template-spec.js';
import { assertName, assertText } from '../domain/text-limits.js';
import { builtInHandlers } from '../engine/handlers.js';

export interface TemplateInput {
  readonly name: string;
  readonly description?: string | null;
  /** As the caller sent it. */
  readonly spec: unknown;
  readonly expectedVersion?: number | null;
}

type Saved = Promise<Written<{ workflowTemplate: string }>>;

/** Versions never change, so that a run means the same however long it takes. The same again answers the latest version. */
export function saveTemplate(writer: Writer, input: TemplateInput): Saved {
  return write(writer, { operation: 'workflowTemplateSave' }, async (tx) => {
    const { name, description = null } = input;
    assertName('name', name);
    if (description !== null) assertText('description', description, { min: 0, max: 10_000 });
    const spec = await readSpec(tx, input.spec);
    const latest = await lockLatest(tx, name);
    if (input.expectedVersion != null)
      assertVersion({ expected: input.expectedVersion, current: latest?.version ?? 0 });
    if (latest !== null && latest.description === description && canonicalJson(latest.spec) === canonicalJson(spec))
      return { workflowTemplate: latest.id };
    const version = (latest?.version ?? 0) + 1;
    const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertTemplate */
      insert into workflow.workflow_templates (name, version, description, spec, created_by)
      values (${name}, ${version}::int4, ${description}, ${sql.json(spec)}::jsonb, ${writer.auth.subject}) returning id`);
    if (row === undefined) throw new Error('a template was not stored');
    const details = { name, version, steps: spec.steps.length };
    tx.record({ type: 'WorkflowTemplate', key: row.id, action: 'workflowTemplateSaved', details });
    return { workflowTemplate: row.id };
  });
}

/** Whether runs may be started; runs that were go on. */
export function setTemplateActive(writer: Writer, id: string, isActive: boolean): Saved {
  return write(writer, { operation: 'workflowTemplateActiveSet' }, async (tx) => {
    const [row] = await tx.query<{ changed: boolean }>(sql`/* workflow.setTemplateActive */
      update workflow.workflow_templates t set is_active = ${isActive} from workflow.workflow_templates old
      where t.id = ${id}::uuid and old.id = t.id returning old.is_active <> t.is_active as changed`);
    if (row === undefined) throw userError('NOT_FOUND', 'workflowTemplateId', 'There is no such template.');
    if (row.changed)
      tx.record({
        type: 'WorkflowTemplate',
        key: id,
        action: isActive ? 'workflowTemplateActivated' : 'workflowTemplateDeactivated',
      });
    return { workflowTemplate: id };
  });
}

async function readSpec(tx: Transaction, given: unknown): Promise<TemplateSpec> {
  // With the first template that is saved: what parses and checks them is a library each.
  const [{ parseTemplate }, { checkTemplate, referencesOf }] = await Promise.all([
    import('../domain/template-parse.js'),
    import('../domain/template-rules.js'),
  ]);
  const draft = parseTemplate(given);
  const { spec, problems } = checkTemplate(draft, await findReferences(tx, referencesOf(draft)));
  if (spec === null) throw new UserErrors(problems.flatMap((problem) => toUserError(problem).userErrors));
  return spec;
}

function toUserError({ code, path, message }: TemplateProblem): UserErrors {
  return userError('VALIDATION', ['spec', ...fromPointer(path)], `${code}: ${message}`);
}

interface LatestTemplate {
  readonly id: string;
  readonly version: number;
  readonly description: string | null;
  readonly spec: unknown;
}

/** Two that save at once take turns, so that their versions are in the order of their commits. */
async function lockLatest(tx: Transaction, name: string): Promise<LatestTemplate | null> {
  await tx.query(sql`/* workflow.lockTemplateName */
    select pg_advisory_xact_lock(hashtextextended('workflow.template/' || ${name}::text, 0))`);
  const [row] = await tx.query<LatestTemplate>(sql`/* workflow.latestTemplate */
    select id, version, description, spec from workflow.workflow_templates
    where name = ${name} order by version desc limit 1`);
  return row ?? null;
}

interface ReferenceRow {
  readonly tools: Readonly<Record<string, readonly string[]>>;
  readonly capabilities: readonly string[];
  readonly schemas: readonly string[];
  readonly policies: Readonly<Record<string, number>>;
}

/** What there is of what a template names, with one statement. */
async function findReferences(db: Queryable, named: NamedReferences): Promise<KnownReferences> {
  const { tools, capabilities, schemas, policies } = named;
  const [row] = await db.query<ReferenceRow>(sql`/* workflow.templateReferences */
    select
      (select coalesce(jsonb_object_agg(t.name, (
          select coalesce(jsonb_agg(c.scope), '[]') from workflow.tool_capabilities tc
          join workflow.capabilities c on c.id = tc.capability_id where tc.tool_id = t.id)), '{}')
        from workflow.tools t where t.is_active and t.name = any(${tools}::text[])) as tools,
      (select coalesce(jsonb_agg(c.scope), '[]') from workflow.capabilities c
        where c.scope = any(${capabilities}::text[])) as capabilities,
      (select coalesce(jsonb_agg(s.name || '@' || s.version), '[]') from workflow.schemas s
        join unnest(${schemas.map(({ name }) => name)}::text[], ${schemas.map(({ version }) => version)}::int4[]) n (name, version)
          using (name, version) where s.is_active) as schemas,
      (select coalesce(jsonb_object_agg(p.name || '@' || p.version, p.max_level), '{}') from workflow.approval_policies p
        join unnest(${policies.map(({ name }) => name)}::text[], ${policies.map(({ version }) => version)}::int4[]) n (name, version)
          using (name, version) where p.is_active) as policies`);
  return {
    tools: new Map(Object.entries(row?.tools ?? {})),
    // What the built-in worker does needs no capability of the organisation's.
    capabilities: new Set([...(row?.capabilities ?? []), ...Object.keys(builtInHandlers)]),
    schemas: new Set(row?.schemas),
    policies: new Map(Object.entries(row?.policies ?? {})),
  };
}
