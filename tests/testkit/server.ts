/** The server that tests make their databases on. */
import { openDatabase } from '../../subgraphs/kernel/db/index.js';

export const quietLog = { warn: (): void => undefined };

export async function onServer(url: string, statement: string): Promise<void> {
  const server = await openDatabase({ url, poolSize: 1, log: quietLog });
  try {
    await server.query(statement);
  } finally {
    await server.close();
  }
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}
