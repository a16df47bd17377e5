/** The server that tests make their databases on. */
import { openDatabase } from '../../subgraphs/kernel/db/index.js';

export const quietLog = { warn: (): void => undefined };

/** A machine that others keep busy may take long to answer; what connecting may take is not what these tests are about. */
export const patientConnect = { connectTimeoutMs: 50_000 };

export async function onServer(url: string, statement: string): Promise<void> {
  const server = await openDatabase({ url, poolSize: 1, log: quietLog, ...patientConnect });
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
