import type { Row } from '../../kernel/read/index.js';
import { commitOf } from '../repository/commit.js';

export const AuditRun = {
  commit: (run: Row): Row =>
    commitOf({ fullName: String(run['_repository_full_name']), sha: String(run['_commit_sha']) }),
};
