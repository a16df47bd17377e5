import { uuidOfType } from '../../../kernel/ids/index.js';
import { decodeCursor, encodeCursor, type FieldResolver } from '../../../kernel/read/index.js';
import { checkSimilarity } from '../../../kernel/search/index.js';
import { checkCount, duplicateSimilarity } from '../../domain/search-rules.js';
import { listEmbeddedEvidence, listSimilarByEvidence } from '../../repository/search.js';

interface Arguments extends Record<string, unknown> {
  readonly documentId: string;
  readonly minSimilarity?: number | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

/** Each piece of evidence is a search of its own. */
const mostExamined = 100;
/** More duplicates than this of one fact are shown by its `similar`. */
const mostDuplicates = 10;
const order = 'NearDuplicate.ID_ASC';

export const nearDuplicates: FieldResolver<unknown, Arguments> = async (_root, args, context) => {
  const documentId = uuidOfType(args.documentId, 'Document');
  const limit = checkCount(args.first ?? mostExamined, mostExamined);
  const minSimilarity = checkSimilarity(args.minSimilarity ?? duplicateSimilarity);
  const after =
    args.after == null ? null : String(decodeCursor(args.after, order, [{ column: 'id', sqlType: 'uuid' }])[0]);
  const found = await listEmbeddedEvidence(context.db, { documentId, after, limit: limit + 1 });
  const examined = found.slice(0, limit);
  const similar = await listSimilarByEvidence(context, examined, { minSimilarity, limit: mostDuplicates, types: null });
  const last = examined.at(-1);
  return {
    examined: examined.length,
    nodes: examined
      .filter((key) => similar.has(key))
      .map((key) => ({ key, duplicates: (similar.get(key) ?? []).map(toSimilar) })),
    hasNextPage: found.length > examined.length,
    endCursor: last === undefined ? null : encodeCursor(order, [last]),
  };
};

function toSimilar({ similarKey, similarity }: { similarKey: string; similarity: number }) {
  return { key: similarKey, similarity };
}
