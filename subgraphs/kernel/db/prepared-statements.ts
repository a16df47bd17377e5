/** What a connection keeps prepared: as long as it lives, unless it is told to forget. */
import type { ClientBase, QueryConfig } from 'pg';

/** More than are in use at a time (kernel/read names 2,000), so that a connection forgets once in a long while. */
export const mostPrepared = 3_000;

/** `pg` knows by name what it has prepared on a connection, and has no way of its own to forget it. */
interface Preparing {
  readonly connection: { parsedStatements: Record<string, string> };
}

const counts = new WeakMap<ClientBase, number>();

/** Forgets all that `client` has prepared when `statement` would be one too many. Nobody else may use the client meanwhile. */
export async function makeRoom(client: ClientBase, statement: Pick<QueryConfig, 'name'> | string): Promise<void> {
  const name = typeof statement === 'string' ? undefined : statement.name;
  const { connection } = client as unknown as Preparing;
  if (name === undefined || connection.parsedStatements[name] !== undefined) return;
  const count = (counts.get(client) ?? 0) + 1;
  counts.set(client, count > mostPrepared ? 1 : count);
  if (count <= mostPrepared) return;
  await client.query('deallocate all');
  connection.parsedStatements = {};
}
