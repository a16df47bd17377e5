/** Commits: entities that are nothing but their key. */
import { badInput } from '../../kernel/errors/index.js';
import { toGlobalId } from '../../kernel/ids/index.js';
import { entity, type EntityMap, type Row } from '../../kernel/read/index.js';

/** SHA-1, or SHA-256 in newer repositories, in lower-case hex. */
export function isCommitSha(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

export function commitOf({ fullName, sha }: { readonly fullName: string; readonly sha: string }): Row {
  return { id: toGlobalId('Commit', `${fullName}@${sha}`), sha, _full_name: fullName, _sha: sha };
}

/** Throws BAD_USER_INPUT for anything but `owner/name@sha`. */
export function parseCommitKey(key: string): { readonly fullName: string; readonly sha: string } {
  const at = key.lastIndexOf('@');
  const [fullName, sha] = [key.slice(0, at).toLowerCase(), key.slice(at + 1).toLowerCase()];
  if (at > 0 && isCommitSha(sha)) return { fullName, sha };
  throw badInput('Malformed id: expected Commit:owner/name@sha.', { expectedType: 'Commit' });
}

/** A commit is there when something of this domain ran at it: `ran` are the rows of what did. */
export function commitNode(ran: EntityMap): EntityMap {
  return entity({
    type: 'Commit',
    table: ran.table,
    key: { column: 'commit_sha', sqlType: 'text' },
    compoundKey: {
      columns: [
        { column: 'full_name', sqlType: 'text' },
        { column: 'commit_sha', sqlType: 'text' },
      ],
      parse: (text) => {
        const { fullName, sha } = parseCommitKey(text);
        return { key: `${fullName}@${sha}`, values: [fullName, sha] };
      },
    },
    fields: {},
    visible: ran.visible,
  });
}
