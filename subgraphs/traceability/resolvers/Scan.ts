import type { Row } from '../../kernel/read/index.js';
import { artifactKinds } from '../domain/index.js';
import { commitOf } from '../repository/commit.js';

export const Scan = {
  commit: (scan: Row): Row => commitOf({ fullName: String(scan['_full_name']), sha: String(scan['_commit_sha']) }),
  artifactsFound: (scan: Row): { kind: string; count: number }[] => {
    const counts = (scan['_artifacts_found'] ?? {}) as Readonly<Record<string, number>>;
    return artifactKinds.flatMap((kind) => (counts[kind] === undefined ? [] : [{ kind, count: counts[kind] }]));
  },
};
