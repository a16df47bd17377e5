/** Tools and the capabilities that they ask for. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import type { UsableTool } from '../domain/capability.js';
import { assertDefinition } from '../domain/schema-content.js';
import { assertName, assertText } from '../domain/text-limits.js';

export interface ToolInput {
  readonly name: string;
  readonly description?: string | null;
  /** A key; null is none. */
  readonly connectorId?: string | null;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
  readonly isActive?: boolean | null;
  /** Keys of all that a caller needs; null leaves them. */
  readonly capabilityIds?: readonly string[] | null;
}

const constraints = {
  tools_connector_id_fkey: userError('NOT_FOUND', 'connectorId', 'There is no such connector.'),
  tool_capabilities_capability_id_fkey: userError('NOT_FOUND', 'capabilityIds', 'There is no such capability.'),
};

/** By its name: creates it, or replaces what it was. */
export function saveTool(writer: Writer, input: ToolInput): Promise<Written<{ tool: string }>> {
  return write(writer, { operation: 'toolSave', constraints }, async (tx) => {
    const { name, description = null, connectorId = null, inputSchema, outputSchema = null, capabilityIds } = input;
    assertName('name', name);
    if (description !== null) assertText('description', description, { min: 0, max: 10_000 });
    await assertDefinition(['inputSchema'], inputSchema);
    if (outputSchema !== null) await assertDefinition(['outputSchema'], outputSchema);
    const [saved] = await tx.query<{ id: string; isNew: boolean }>(sql`/* workflow.saveTool */
      insert into workflow.tools (name, description, connector_id, input_schema, output_schema, is_active)
      values (${name}, ${description}, ${connectorId}::uuid, ${sql.json(inputSchema)}::jsonb,
        ${outputSchema === null ? null : sql.json(outputSchema)}::jsonb, ${input.isActive ?? true})
      on conflict (name) do update set description = excluded.description, connector_id = excluded.connector_id,
        input_schema = excluded.input_schema, output_schema = excluded.output_schema, is_active = excluded.is_active
      returning id, xmax = 0 as "isNew"`);
    if (saved === undefined) throw new Error('a tool was not stored');
    if (capabilityIds != null) await grantExactly(tx, saved.id, [...new Set(capabilityIds)]);
    const details = { name, ...(capabilityIds != null && { capabilities: capabilityIds }) };
    tx.record({ type: 'Tool', key: saved.id, action: saved.isNew ? 'toolCreated' : 'toolChanged', details });
    return { tool: saved.id };
  });
}

async function grantExactly(tx: Transaction, toolId: string, capabilityIds: readonly string[]): Promise<void> {
  if (capabilityIds.length > 50) throw userError('VALIDATION', 'capabilityIds', 'A tool may ask for 50 capabilities.');
  await tx.query(sql`/* workflow.revokeCapabilities */
    delete from workflow.tool_capabilities where tool_id = ${toolId}::uuid and capability_id <> all(${capabilityIds}::uuid[])`);
  await tx.query(sql`/* workflow.grantCapabilities */
    insert into workflow.tool_capabilities (tool_id, capability_id) select ${toolId}::uuid, unnest(${capabilityIds}::uuid[])
    on conflict do nothing`);
}

export interface CapabilityInput {
  readonly name: string;
  readonly scope: string;
  readonly description?: string | null;
}

/** RFC 6749's characters of a scope, without those that a list of scopes is written with. */
const scopePattern = /^[A-Za-z0-9][A-Za-z0-9:._/-]{0,199}$/;

/** By its name: creates it, or changes it. */
export function saveCapability(writer: Writer, input: CapabilityInput): Promise<Written<{ capability: string }>> {
  return write(writer, { operation: 'capabilitySave' }, async (tx) => {
    const { name, scope, description = null } = input;
    assertName('name', name);
    if (!scopePattern.test(scope))
      throw userError('VALIDATION', 'scope', 'Expected 1 to 200 letters, digits and : . _ / -, e.g. ledger:post.');
    if (description !== null) assertText('description', description, { min: 0, max: 10_000 });
    const [saved] = await tx.query<{ id: string; isNew: boolean }>(sql`/* workflow.saveCapability */
      insert into workflow.capabilities (name, scope, description) values (${name}, ${scope}, ${description})
      on conflict (name) do update set scope = excluded.scope, description = excluded.description
      returning id, xmax = 0 as "isNew"`);
    if (saved === undefined) throw new Error('a capability was not stored');
    const action = saved.isNew ? 'capabilityCreated' : 'capabilityChanged';
    tx.record({ type: 'Capability', key: saved.id, action, details: { name, scope } });
    return { capability: saved.id };
  });
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
