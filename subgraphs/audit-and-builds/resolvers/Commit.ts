import { keyOfType } from '../../kernel/ids/index.js';
import { match, relationConnectionResolver, type Row } from '../../kernel/read/index.js';
import { auditRuns, builds } from '../entities.js';
import { commitOf, parseCommitKey } from '../repository/commit.js';

const on = [match('repository_full_name', 'full_name', 'text'), match('commit_sha', 'sha', 'text')];

export const Commit = {
  /** No statement: a commit is its repository's name and its hash. */
  __resolveReference: ({ id }: { readonly id: string }): Row => commitOf(parseCommitKey(keyOfType(id, 'Commit'))),
  auditRuns: relationConnectionResolver(auditRuns, { kind: 'connection', type: 'AuditRun', on }),
  builds: relationConnectionResolver(builds, { kind: 'connection', type: 'Build', on }),
};
