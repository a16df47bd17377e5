/** The two things that Prisma asks of the engine outside the conversation: is the server there, and make the database. */
import pg from 'pg';
import { urlOf } from './migration-adapter.js';
import type { Datasource } from './engine-arguments.js';
import { log } from './json-rpc.js';

const errorCodes: Readonly<Record<string, string>> = {
  '3D000': 'P1003',
  '28P01': 'P1000',
  '28000': 'P1000',
  ECONNREFUSED: 'P1001',
  ENOTFOUND: 'P1001',
};

export async function runServerCommand(command: string | undefined, datasource: Datasource): Promise<number> {
  try {
    const url = new URL(urlOf(datasource));
    const name = decodeURIComponent(url.pathname.slice(1));
    if (command === 'create-database') url.pathname = '/postgres';
    else if (command !== 'can-connect-to-database')
      throw new Error(`The offline schema engine has no command ${String(command)}.`);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      if (command === 'create-database') await client.query(`create database "${name.replaceAll('"', '""')}"`);
    } finally {
      await client.end();
    }
    log('INFO', { message: 'ok' });
    return 0;
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    log('ERROR', { is_panic: false, error_code: errorCodes[code] ?? 'P1000', message: message || code });
    return 1;
  }
}
