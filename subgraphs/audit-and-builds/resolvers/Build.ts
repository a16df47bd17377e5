import type { Row } from '../../kernel/read/index.js';
import { commitOf } from '../repository/commit.js';

export const Build = {
  commit(build: Row): Row | null {
    const [fullName, sha] = [build['_repository_full_name'], build['_commit_sha']];
    return typeof fullName === 'string' && typeof sha === 'string' ? commitOf({ fullName, sha }) : null;
  },
};
