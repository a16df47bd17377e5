import type { Embedder } from '../../../kernel/embeddings/index.js';
import { uuidOfType } from '../../../kernel/ids/index.js';
import type { FieldResolver } from '../../../kernel/read/index.js';
import { searchConnection, type SearchArguments, type SearchField } from '../../../kernel/search/index.js';
import { leastSimilarity } from '../../domain/memory-rules.js';
import { memoryCondition, memoryTarget } from '../../repository/memory.js';

interface Arguments extends SearchArguments, Record<string, unknown> {
  readonly memDocId?: string | null;
  readonly types?: readonly string[] | null;
  readonly runId?: string | null;
}

const field: SearchField = {
  target: memoryTarget,
  matchType: 'MemDocMatch',
  likeArgument: 'memDocId',
  leastSimilarity,
};

export function createSearchMemory(embedder: Embedder): FieldResolver<unknown, Arguments> {
  return (_root, args, context) => {
    const like = args.memDocId == null ? null : uuidOfType(args.memDocId, 'MemDoc');
    const runId = args.runId == null ? null : uuidOfType(args.runId, 'Run');
    const filter = memoryCondition({ types: args.types ?? null, runId, like });
    return searchConnection(context, field, args, { embedder, like, filter });
  };
}
