import { entityLoader, type FieldResolver } from '../../kernel/read/index.js';
import type { SearchHit } from '../../kernel/search/index.js';
import { evidence } from '../entities.js';

const load = entityLoader(evidence, [evidence.key]);

/** Read as anywhere else, with the columns that are selected and the visibility of the caller. */
export const evidenceByKey: FieldResolver<{ readonly key: string }> = (parent, _args, context, info) =>
  load([parent.key], context, info);

export const EvidenceMatch = { evidence: evidenceByKey, score: (hit: SearchHit): number => Number(hit.score) };
