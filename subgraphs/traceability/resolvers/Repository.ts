import { loadBatched, type FieldResolver, type Row } from '../../kernel/read/index.js';
import { listCoverageByRepository, type Coverage } from '../repository/coverage.js';

const coverageLoader = {};

export const Repository: { coverage: FieldResolver<Row, unknown, Coverage | null> } = {
  coverage: (repository, _args, context) => {
    const id = (repository['_id'] ?? null) as string | null;
    // A repository that only another domain knows has nothing to cover.
    if (id === null) return null;
    return loadBatched(context, coverageLoader, id, (ids) => listCoverageByRepository(context.db, ids), String);
  },
};
