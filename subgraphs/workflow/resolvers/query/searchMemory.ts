import type { RequestContext } from '../../../kernel/context.js';
import type { Embedder } from '../../../kernel/embeddings/index.js';
import { uuidOfType } from '../../../kernel/ids/index.js';
import { checkPage, decodeCursor, encodeCursor, type FieldResolver } from '../../../kernel/read/index.js';
import { checkVector, search, type SearchHit, type SearchRequest } from '../../../kernel/search/index.js';
import { memoryDimensions, resolveQuestion, type SearchMode } from '../../domain/memory-rules.js';
import { embedText, memoryCondition, memoryTarget } from '../../repository/memory.js';

interface Arguments extends Record<string, unknown> {
  readonly text?: string | null;
  readonly vector?: readonly number[] | null;
  readonly memDocId?: string | null;
  readonly mode?: SearchMode | null;
  readonly types?: readonly string[] | null;
  readonly runId?: string | null;
  readonly minSimilarity?: number | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

const orderColumns = [
  { column: 'score', sqlType: 'numeric' },
  { column: 'id', sqlType: 'uuid' },
] as const;

export function createSearchMemory(embedder: Embedder): FieldResolver<unknown, Arguments> {
  return async (_root, args, context: RequestContext) => {
    context.auth.require();
    const page = checkPage({ first: args.first ?? null });
    const like = args.memDocId == null ? null : uuidOfType(args.memDocId, 'MemDoc');
    const { text, mode, ...question } = await readQuestion(args, like, embedder);
    const order = `MemDocMatch.${mode}`;
    const after = args.after == null ? null : decodeCursor(args.after, order, orderColumns);
    const request = {
      ...question,
      text,
      mode,
      filter: memoryCondition({
        types: args.types ?? null,
        runId: args.runId == null ? null : uuidOfType(args.runId, 'Run'),
        like,
      }),
      after: after === null ? null : { score: String(after[0]), key: String(after[1]) },
      limit: page.size + 1,
    } as SearchRequest;
    const found = await search(context, memoryTarget, request);
    return toConnection(found, { order, size: page.size, isFirst: after === null });
  };
}

/** The words and the vector to look for: the caller's, another document's, or what the embedder makes of the words. */
async function readQuestion(args: Arguments, like: string | null, embedder: Embedder) {
  const { vector = null } = args;
  const text = args.text == null ? null : args.text.trim();
  const { mode, minSimilarity } = resolveQuestion({
    text,
    hasVector: vector !== null,
    hasDocument: like !== null,
    mode: args.mode ?? null,
    minSimilarity: args.minSimilarity ?? null,
  });
  if (mode === 'TEXT') return { mode, text };
  if (like !== null) return { mode, text, minSimilarity, near: { key: like } };
  const sought = vector === null ? await embedText(embedder, text ?? '') : checkVector(vector, memoryDimensions);
  return { mode, text, minSimilarity, near: { vector: sought } };
}

function toConnection(found: readonly SearchHit[], page: { order: string; size: number; isFirst: boolean }) {
  const nodes = found.slice(0, page.size);
  const edges = nodes.map((node) => ({ cursor: encodeCursor(page.order, [node.score, node.key]), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: found.length > nodes.length,
      hasPreviousPage: !page.isFirst,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
