import { badInput } from '../../../kernel/errors/index.js';
import { parseGlobalId, uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { findArtifactTableByType } from '../../repository/artifact-tables.js';
import { findTrace, maxTraceDepth, type Trace } from '../../repository/trace.js';

interface Arguments {
  readonly artifact: string;
  readonly direction: 'UPWARD' | 'DOWNWARD';
  readonly maxDepth?: number | null;
}

export const trace: FieldResolver<unknown, Arguments, (Trace & Pick<Arguments, 'direction'>) | null> = async (
  _root,
  { artifact, direction, maxDepth },
  context,
) => {
  const { type } = parseGlobalId(artifact);
  const table = findArtifactTableByType(type);
  if (table === null) throw badInput(`Expected the id of an artifact, got one of type ${type}.`);
  const key = uuidOfType(artifact, type);
  const depth = maxDepth ?? maxTraceDepth;
  if (depth < 1 || depth > maxTraceDepth) throw badInput(`maxDepth must be 1 to ${maxTraceDepth}, got ${depth}.`);
  if (!context.auth.isAuthenticated) return null;
  const found = await findTrace(context.db, { table, key, direction, maxDepth: depth });
  return found.steps.length === 0 ? null : { direction, ...found };
};
