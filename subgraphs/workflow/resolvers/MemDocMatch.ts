import { entityLoader, type FieldResolver } from '../../kernel/read/index.js';
import type { SearchHit } from '../../kernel/search/index.js';
import { memDoc as map } from '../entities.js';

const load = entityLoader(map, [map.key]);

/** Read as anywhere else, with the columns that are selected: what has expired since it was found is null. */
const memDoc: FieldResolver<{ readonly key: string }> = (parent, _args, context, info) =>
  load([parent.key], context, info);

export const MemDocMatch = { memDoc, score: (hit: SearchHit): number => Number(hit.score) };
