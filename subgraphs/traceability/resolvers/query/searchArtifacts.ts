import { badInput } from '../../../kernel/errors/index.js';
import { repositoryOf } from '../../../kernel/ids/index.js';
import {
  checkPage,
  decodeCursor,
  encodeCursor,
  type Connection,
  type FieldResolver,
} from '../../../kernel/read/index.js';
import { artifactKinds, type ArtifactKind } from '../../domain/index.js';
import { listMatches, type MatchRow } from '../../repository/search.js';

interface Arguments {
  readonly query: string;
  readonly repositoryId?: string | null;
  readonly repository?: string | null;
  readonly kinds?: readonly ArtifactKind[] | null;
  readonly first?: number | null;
  readonly after?: string | null;
}

const maxQueryLength = 500;
const order = 'ArtifactMatch.RANK_DESC';
const orderColumns = [
  { column: 'rank', sqlType: 'numeric' },
  { column: 'id', sqlType: 'uuid' },
] as const;

export const searchArtifacts: FieldResolver<unknown, Arguments, Connection> = async (_root, args, context) => {
  const page = checkPage({ first: args.first ?? null });
  const query = args.query.trim();
  if (query === '' || query.length > maxQueryLength || query.includes('\0')) {
    throw badInput(`query must have 1 to ${maxQueryLength} characters, without U+0000.`);
  }
  const found = context.auth.isAuthenticated
    ? await listMatches(context.db, {
        query,
        repository: repositoryOf({ repositoryId: args.repositoryId ?? args.repository ?? null }),
        kinds: args.kinds ?? artifactKinds,
        after: args.after == null ? null : positionOf(args.after),
        limit: page.size + 1,
      })
    : [];
  const rows = found.slice(0, page.size);
  const edges = rows.map((row) => ({ cursor: cursorOf(row), node: row }));
  return {
    edges,
    nodes: rows,
    pageInfo: {
      hasNextPage: found.length > rows.length,
      hasPreviousPage: args.after != null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
};

function cursorOf(row: MatchRow): string {
  return encodeCursor(order, [row.rank, String(row['_artifact_id'])]);
}

function positionOf(cursor: string) {
  return decodeCursor(cursor, order, orderColumns);
}
