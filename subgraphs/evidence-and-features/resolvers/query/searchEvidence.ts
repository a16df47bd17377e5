import type { Embedder } from '../../../kernel/embeddings/index.js';
import { keyOfType, uuidOfType } from '../../../kernel/ids/index.js';
import { checkPage, decodeCursor, encodeCursor, type FieldResolver } from '../../../kernel/read/index.js';
import { checkVector, search, type SearchHit, type SearchQuestion } from '../../../kernel/search/index.js';
import type { EvidenceType } from '../../domain/evidence-types.js';
import { resolveMode, resolveSimilarity, type SearchMode } from '../../domain/search-rules.js';
import { dimensions, evidenceTarget, scopeCondition } from '../../repository/search.js';

interface Arguments extends Record<string, unknown> {
  readonly text?: string | null;
  readonly vector?: readonly number[] | null;
  readonly evidenceId?: string | null;
  readonly mode?: SearchMode | null;
  readonly types?: readonly EvidenceType[] | null;
  readonly documentId?: string | null;
  readonly featureId?: string | null;
  readonly repositoryId?: string | null;
  readonly minSimilarity?: number | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

const orderColumns = [
  { column: 'score', sqlType: 'numeric' },
  { column: 'id', sqlType: 'uuid' },
] as const;

export function createSearchEvidence(embedder: Embedder): FieldResolver<unknown, Arguments> {
  return async (_root, args, context) => {
    context.auth.require();
    const page = checkPage({ first: args.first ?? null });
    const question = await readQuestion(args, embedder);
    const order = `EvidenceMatch.${question.mode}`;
    const after = args.after == null ? null : decodeCursor(args.after, order, orderColumns);
    const found = await search(context, evidenceTarget, {
      ...question,
      filter: scopeOf(args),
      after: after === null ? null : { score: String(after[0]), key: String(after[1]) },
      limit: page.size + 1,
    });
    return toConnection(found, { order, size: page.size, isFirst: after === null });
  };
}

/** The words and the vector to look for: the caller's, another evidence's, or what the embedder makes of the words. */
async function readQuestion(args: Arguments, embedder: Embedder): Promise<SearchQuestion> {
  const { vector = null, evidenceId = null } = args;
  const text = args.text == null ? null : args.text.trim();
  const mode = resolveMode({
    mode: args.mode ?? null,
    text,
    hasVector: vector !== null,
    hasEvidence: evidenceId !== null,
  });
  const minSimilarity = resolveSimilarity(mode, args.minSimilarity ?? null);
  if (mode === 'TEXT') return { mode, text: text ?? '' };
  const near =
    evidenceId === null
      ? { vector: vector === null ? await embed(text ?? '', embedder) : checkVector(vector, dimensions) }
      : { key: uuidOfType(evidenceId, 'Evidence') };
  return mode === 'HYBRID' ? { mode, text: text ?? '', near, minSimilarity } : { mode, text, near, minSimilarity };
}

async function embed(text: string, embedder: Embedder): Promise<Float32Array> {
  const [vector] = await embedder.embed([text], dimensions);
  if (vector === undefined) throw new Error(`${embedder.model} made no vector of a text`);
  return vector;
}

function scopeOf({ types = null, documentId, featureId, repositoryId }: Arguments) {
  return scopeCondition({
    types,
    documentId: documentId == null ? null : uuidOfType(documentId, 'Document'),
    featureId: featureId == null ? null : uuidOfType(featureId, 'Feature'),
    repository: repositoryId == null ? null : keyOfType(repositoryId, 'Repository').toLowerCase(),
  });
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
