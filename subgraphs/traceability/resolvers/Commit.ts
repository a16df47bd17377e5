import { badInput } from '../../kernel/errors/index.js';
import { keyOfType, toGlobalId } from '../../kernel/ids/index.js';
import {
  entityLoader,
  match,
  relationConnectionResolver,
  type FieldResolver,
  type Row,
} from '../../kernel/read/index.js';
import { commitOf, isCommitSha } from '../repository/commit.js';
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
  __resolveReference: (reference: { readonly id: string }): Row => {
    const key = keyOfType(reference.id, 'Commit');
    const at = key.lastIndexOf('@');
    const [fullName, sha] = [key.slice(0, at).toLowerCase(), key.slice(at + 1).toLowerCase()];
    if (at <= 0 || !isCommitSha(sha))
      throw badInput('Malformed id: expected Commit:owner/name@sha.', { expectedType: 'Commit' });
    return commitOf({ fullName, sha });
  },
  repository,
  scans: relationConnectionResolver(scans, {
    kind: 'connection',
    type: 'Scan',
    on: [match('full_name', 'full_name', 'text'), match('commit_sha', 'sha', 'text')],
  }),
};
