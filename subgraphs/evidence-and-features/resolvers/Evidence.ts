import { loadBatched, SelectionPlans, type FieldResolver, type Row } from '../../kernel/read/index.js';
import { checkSimilarity } from '../../kernel/search/index.js';
import type { EvidenceType } from '../domain/evidence-types.js';
import { checkCount, defaultSimilarity } from '../domain/search-rules.js';
import { listSimilarByEvidence } from '../repository/search.js';

interface Arguments extends Record<string, unknown> {
  readonly first?: number | null;
  readonly minSimilarity?: number | null;
  readonly types?: readonly EvidenceType[] | null;
}

const mostSimilar = 50;
/** One loader for each place of a document: there the arguments are the same for every parent. */
const places = new SelectionPlans<object>();

const similar: FieldResolver<Row, Arguments> = (parent, args, context, info) => {
  const request = {
    limit: checkCount(args.first ?? 10, mostSimilar),
    minSimilarity: checkSimilarity(args.minSimilarity ?? defaultSimilarity),
    types: args.types ?? null,
  };
  const owner = places.get(info, () => ({}));
  return loadBatched(context, owner, String(parent['_id']), async (ids) => {
    const byEvidence = await listSimilarByEvidence(context, ids, request);
    return ids.map((id) =>
      (byEvidence.get(id) ?? []).map(({ similarKey, similarity }) => ({ key: similarKey, similarity })),
    );
  });
};

export const Evidence = { similar };
