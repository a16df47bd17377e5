import { badInput } from '../../kernel/errors/index.js';
import { keyOfType } from '../../kernel/ids/index.js';
import { match, relationConnectionResolver, type Row } from '../../kernel/read/index.js';
import { auditRuns } from '../entities.js';
import { commitOf, isCommitSha } from '../repository/commit.js';

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
  auditRuns: relationConnectionResolver(auditRuns, {
    kind: 'connection',
    type: 'AuditRun',
    on: [match('repository_full_name', 'full_name', 'text'), match('commit_sha', 'sha', 'text')],
  }),
};
