import { keyOfType, toGlobalId } from '../../kernel/ids/index.js';
import {
  entityLoader,
  match,
  relationConnectionResolver,
  type FieldResolver,
  type Row,
} from '../../kernel/read/index.js';
import { commitOf, parseCommitKey } from '../repository/commit.js';
import { repositories, scans } from '../entities.js';

const loadRepository = entityLoader(repositories, [repositories.key]);

/** Also of a repository that is not registered here: another domain may know it. */
const repository: FieldResolver<Row, unknown, Row> = async (commit, _args, context, info) => {
  const fullName = String(commit['_full_name']);
  const known = await loadRepository([fullName], context, info);
  return known ?? { id: toGlobalId('Repository', fullName), fullName };
};

export const Commit = {
  /** No statement: a commit is its repository's name and its hash. */
  __resolveReference: ({ id }: { readonly id: string }): Row => commitOf(parseCommitKey(keyOfType(id, 'Commit'))),
  repository,
  scans: relationConnectionResolver(scans, {
    kind: 'connection',
    type: 'Scan',
    on: [match('full_name', 'full_name', 'text'), match('commit_sha', 'sha', 'text')],
  }),
};
