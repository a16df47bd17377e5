/** Commits: entities that are nothing but their key. */
import { toGlobalId } from '../../kernel/ids/index.js';
import type { Row } from '../../kernel/read/index.js';

export function isCommitSha(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

export function commitOf({ fullName, sha }: { readonly fullName: string; readonly sha: string }): Row {
  return { id: toGlobalId('Commit', `${fullName}@${sha}`), _full_name: fullName, _sha: sha };
}
