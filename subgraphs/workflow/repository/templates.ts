/** Workflow templates: each version is a row, and no row changes but for whether it is active. */
import { sql, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { NamedReferences } from '../domain/template-rules.js';
import type { KnownReferences } from '../domain/template-spec.js';

export interface LatestTemplate {
  readonly id: string;
  readonly version: number;
  readonly description: string | null;
  readonly spec: unknown;
}

/** Two that save at once take turns, so that their versions are in the order of their commits. */
export async function lockLatestTemplate(tx: Transaction, name: string): Promise<LatestTemplate | null> {
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
export async function listTemplateReferences(db: Queryable, named: NamedReferences): Promise<KnownReferences> {
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
    capabilities: new Set(row?.capabilities),
    schemas: new Set(row?.schemas),
    policies: new Map(Object.entries(row?.policies ?? {})),
  };
}

export interface NewTemplate {
  readonly name: string;
  readonly version: number;
  readonly description: string | null;
  readonly spec: unknown;
  readonly createdBy: string | null;
}

export async function insertTemplate(
  tx: Transaction,
  { name, version, description, spec, createdBy }: NewTemplate,
): Promise<string> {
  const [row] = await tx.query<{ id: string }>(sql`/* workflow.insertTemplate */
    insert into workflow.workflow_templates (name, version, description, spec, created_by)
    values (${name}, ${version}::int4, ${description}, ${sql.json(spec)}::jsonb, ${createdBy}) returning id`);
  if (row === undefined) throw new Error('a template was not stored');
  return row.id;
}

/** Answers whether it was otherwise before; null when there is none. */
export async function updateTemplateActive(tx: Transaction, id: string, isActive: boolean): Promise<boolean | null> {
  const [row] = await tx.query<{ changed: boolean }>(sql`/* workflow.setTemplateActive */
    update workflow.workflow_templates t set is_active = ${isActive} from workflow.workflow_templates old
    where t.id = ${id}::uuid and old.id = t.id returning old.is_active <> t.is_active as changed`);
  return row?.changed ?? null;
}
