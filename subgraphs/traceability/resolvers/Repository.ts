import { loadBatched, type FieldResolver, type Row } from '../../kernel/read/index.js';
import { listCoverageByRepository, type Coverage } from '../repository/coverage.js';
import { findScanDifference } from '../repository/versions.js';

const coverageLoader = {};

export const Repository: {
  coverage: FieldResolver<Row, unknown, Coverage | null>;
  difference: FieldResolver<Row, { from: string; to: string }, Row | null>;
} = {
  difference: (repository, { from, to }, context) => {
    const id = (repository['_id'] ?? null) as string | null;
    return id === null ? null : findScanDifference(context.db, id, { from, to });
  },
  coverage: (repository, _args, context) => {
    const id = (repository['_id'] ?? null) as string | null;
    // A repository that only another domain knows has nothing to cover.
    if (id === null) return null;
    return loadBatched(context, coverageLoader, id, (ids) => listCoverageByRepository(context.db, ids), String);
  },
};
