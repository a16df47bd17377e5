import { badInput } from '../../kernel/errors/index.js';
import { keyOfType } from '../../kernel/ids/index.js';
import { relationConnectionResolver, match, type Row } from '../../kernel/read/index.js';
import { commitOf, isCommitSha } from '../repository/commit.js';
import { scans } from '../entities.js';

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
  repository: (commit: Row): Row => ({ __typename: 'Repository', fullName: commit['_full_name'] }),
  scans: relationConnectionResolver(scans, {
    kind: 'connection',
    type: 'Scan',
    on: [match('full_name', 'full_name', 'text'), match('commit_sha', 'sha', 'text')],
  }),
};
