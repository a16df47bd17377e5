/** Tools and the capabilities that they ask for. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { UsableTool } from '../domain/capability.js';

export interface NewTool {
  readonly name: string;
  readonly description: string | null;
  readonly connectorId: string | null;
  readonly inputSchema: unknown;
  readonly outputSchema: unknown;
  readonly isActive: boolean;
}

interface Saved {
  readonly id: string;
  readonly isNew: boolean;
}

export async function upsertTool(
  tx: Transaction,
  { name, description, connectorId, inputSchema, outputSchema, isActive }: NewTool,
): Promise<Saved> {
  const [saved] = await tx.query<{ id: string; isNew: boolean }>(sql`/* workflow.saveTool */
    insert into workflow.tools (name, description, connector_id, input_schema, output_schema, is_active)
    values (${name}, ${description}, ${connectorId}::uuid, ${sql.json(inputSchema)}::jsonb,
      ${outputSchema === null ? null : sql.json(outputSchema)}::jsonb, ${isActive})
    on conflict (name) do update set description = excluded.description, connector_id = excluded.connector_id,
      input_schema = excluded.input_schema, output_schema = excluded.output_schema, is_active = excluded.is_active
    returning id, xmax = 0 as "isNew"`);
  if (saved === undefined) throw new Error('a tool was not stored');
  return saved;
}

/** These and no others. */
export async function grantExactly(tx: Transaction, toolId: string, capabilityIds: readonly string[]): Promise<void> {
  await tx.query(sql`/* workflow.revokeCapabilities */
    delete from workflow.tool_capabilities where tool_id = ${toolId}::uuid and capability_id <> all(${capabilityIds}::uuid[])`);
  await tx.query(sql`/* workflow.grantCapabilities */
    insert into workflow.tool_capabilities (tool_id, capability_id) select ${toolId}::uuid, unnest(${capabilityIds}::uuid[])
    on conflict do nothing`);
}

export interface NewCapability {
  readonly name: string;
  readonly scope: string;
  readonly description: string | null;
}

export async function upsertCapability(tx: Transaction, { name, scope, description }: NewCapability): Promise<Saved> {
  const [saved] = await tx.query<{ id: string; isNew: boolean }>(sql`/* workflow.saveCapability */
    insert into workflow.capabilities (name, scope, description) values (${name}, ${scope}, ${description})
    on conflict (name) do update set scope = excluded.scope, description = excluded.description
    returning id, xmax = 0 as "isNew"`);
  if (saved === undefined) throw new Error('a capability was not stored');
  return saved;
}

export interface LockedTool extends UsableTool {
  readonly id: string;
  readonly inputSchema: unknown;
  readonly outputSchema: unknown;
}

/** A tool as it is at this moment: what it asks for can't change until the transaction that uses it ends. */
export async function lockToolByName(tx: Transaction, name: string): Promise<LockedTool | null> {
  const [tool] = await tx.query<Omit<LockedTool, 'scopes'>>(sql`/* workflow.lockToolByName */
    select t.id, t.name, t.is_active as "isActive", t.input_schema as "inputSchema", t.output_schema as "outputSchema",
      (select c.status from workflow.connectors c where c.id = t.connector_id) as "connectorStatus"
    from workflow.tools t where t.name = ${name} for share of t`);
  if (tool === undefined) return null;
  const granted = await tx.query<{ scope: string }>(sql`/* workflow.lockScopesOfTool */
    select c.scope from workflow.tool_capabilities tc join workflow.capabilities c on c.id = tc.capability_id
    where tc.tool_id = ${tool.id}::uuid order by c.scope for share`);
  return { ...tool, scopes: granted.map(({ scope }) => scope) };
}
