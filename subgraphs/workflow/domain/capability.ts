/** What a caller needs to use a tool, decided at the moment of use. */
import { userError } from '../../kernel/errors/index.js';

export interface UsableTool {
  readonly name: string;
  readonly isActive: boolean;
  /** Null for a tool that needs no connector. */
  readonly connectorStatus: string | null;
  /** Of all its capabilities. */
  readonly scopes: readonly string[];
}

/** Who calls: `Identity` is one. */
export interface ScopeHolder {
  has(scope: string): boolean;
}

/** Throws NOT_PERMITTED, naming every scope that is missing, and INVALID_TRANSITION for a tool that is switched off or out of order. */
export function assertMayUse(tool: UsableTool, caller: ScopeHolder, field: string | null = null): void {
  const missing = tool.scopes.filter((scope) => !caller.has(scope));
  if (missing.length > 0)
    throw userError(
      'NOT_PERMITTED',
      field,
      `${tool.name} needs the scope ${missing.join(' and ')}, which the caller lacks.`,
    );
  if (!tool.isActive) throw userError('INVALID_TRANSITION', field, `${tool.name} is switched off.`);
  if (tool.connectorStatus !== null && tool.connectorStatus !== 'ACTIVE')
    throw userError('INVALID_TRANSITION', field, `The connector of ${tool.name} is ${tool.connectorStatus}.`);
}
