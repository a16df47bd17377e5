/** A search as a field of the graph: its arguments read, and a page of its hits as a connection. */
import type { RequestContext } from '../context.js';
import type { SqlStatement } from '../db/index.js';
import type { Embedder } from '../embeddings/index.js';
import { checkPage, decodeCursor, encodeCursor } from '../read/index.js';
import { readQuestion, resolveMode, type QuestionArguments, type QuestionRules } from './question.js';
import { search, type SearchHit } from './search.js';
import type { SearchTarget } from './target.js';

export interface SearchArguments extends QuestionArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

/** What a field searches, and by which rules. */
export interface SearchField extends QuestionRules {
  readonly target: SearchTarget;
  /** Type of a hit. A cursor belongs to it and to the mode, whose scores are no others'. */
  readonly matchType: string;
}

export interface SearchScope {
  readonly embedder: Embedder;
  /** Key of the row to find the like of; null for none. */
  readonly like: string | null;
  /** Over the row `t`; null limits nothing. */
  readonly filter: SqlStatement | null;
}

const orderColumns = [
  { column: 'score', sqlType: 'numeric' },
  { column: 'id', sqlType: 'uuid' },
] as const;

/** Throws BAD_USER_INPUT and CURSOR_INVALID before anything is embedded or asked of the database. */
export async function searchConnection(
  context: Pick<RequestContext, 'db' | 'database'>,
  field: SearchField,
  args: SearchArguments,
  { embedder, like, filter }: SearchScope,
) {
  const page = checkPage({ first: args.first ?? null });
  const mode = resolveMode(args, like, field);
  const order = `${field.matchType}.${mode}`;
  const after = args.after == null ? null : decodeCursor(args.after, order, orderColumns);
  const { dimensions } = field.target.embedding;
  const found = await search(context, field.target, {
    ...(await readQuestion(args, mode, field, { like, embedder, dimensions })),
    filter,
    after: after === null ? null : { score: String(after[0]), key: String(after[1]) },
    limit: page.size + 1,
  });
  return toConnection(found, { order, size: page.size, isFirst: after === null });
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
