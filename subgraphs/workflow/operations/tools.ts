/** Tools and the capabilities that they ask for, as administrators save them. */
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { assertDefinition } from '../domain/schema-content.js';
import { assertName, assertText } from '../domain/text-limits.js';
import { grantExactly, upsertCapability, upsertTool } from '../repository/tools.js';

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

const mostCapabilities = 50;

/** By its name: creates it, or replaces what it was. */
export function saveTool(writer: Writer, input: ToolInput): Promise<Written<{ tool: string }>> {
  return write(writer, { operation: 'toolSave', constraints }, async (tx) => {
    const { name, description = null, connectorId = null, inputSchema, outputSchema = null, capabilityIds } = input;
    assertName('name', name);
    if (description !== null) assertText('description', description, { min: 0, max: 10_000 });
    await assertDefinition(['inputSchema'], inputSchema);
    if (outputSchema !== null) await assertDefinition(['outputSchema'], outputSchema);
    const isActive = input.isActive ?? true;
    const saved = await upsertTool(tx, { name, description, connectorId, inputSchema, outputSchema, isActive });
    if (capabilityIds != null && capabilityIds.length > mostCapabilities)
      throw userError('VALIDATION', 'capabilityIds', `A tool may ask for ${mostCapabilities} capabilities.`);
    if (capabilityIds != null) await grantExactly(tx, saved.id, [...new Set(capabilityIds)]);
    const details = { name, ...(capabilityIds != null && { capabilities: capabilityIds }) };
    tx.record({ type: 'Tool', key: saved.id, action: saved.isNew ? 'toolCreated' : 'toolChanged', details });
    return { tool: saved.id };
  });
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
    const saved = await upsertCapability(tx, { name, scope, description });
    const action = saved.isNew ? 'capabilityCreated' : 'capabilityChanged';
    tx.record({ type: 'Capability', key: saved.id, action, details: { name, scope } });
    return { capability: saved.id };
  });
}
