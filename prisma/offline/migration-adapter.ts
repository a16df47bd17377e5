/**
 * Makes `@prisma/adapter-pg` fit for migrations. On its own it splits scripts at `;` (which breaks `$$` bodies), can't read
 * the catalogue's type "char", and connects to the shadow database under the name of the real one.
 */
import { randomUUID } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { Datasource } from './engine-arguments.js';

const charType = 18;
const textType = 25;

type Field = pg.FieldDef & { isChar?: boolean };
type Answer = { readonly fields?: readonly Field[] } | undefined;

/** Shadow databases that are still there: dropped when they are disposed of, or when the engine ends early. */
const shadows = new Set<() => Promise<void>>();

export async function dropShadowDatabases(): Promise<void> {
  for (const drop of shadows) await drop().catch(() => undefined);
}

export function createAdapterFactory(datasource: Datasource): ReturnType<typeof bindMigrationAwareSqlAdapterFactory> {
  const factory: SqlMigrationAwareDriverAdapterFactory = {
    provider: 'postgres',
    adapterName: '@prisma/adapter-pg',
    connect: () => connect(urlOf(datasource)),
    connectToShadowDb: () =>
      datasource.shadowDatabaseUrl === undefined
        ? connectToNewShadow(urlOf(datasource))
        : connect(datasource.shadowDatabaseUrl),
  };
  return bindMigrationAwareSqlAdapterFactory(factory);
}

export function urlOf(datasource: Datasource): string {
  if (datasource.url === undefined) throw new Error('Set DATABASE_URL: this command works on a PostgreSQL server.');
  return datasource.url;
}

async function connectToNewShadow(url: string): Promise<SqlDriverAdapter> {
  const name = `prisma_migrate_shadow_db_${randomUUID()}`;
  const onServer = async (statement: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await onServer(`create database "${name}"`);
  const drop = async (): Promise<void> => {
    shadows.delete(drop);
    await onServer(`drop database if exists "${name}" with (force)`);
  };
  shadows.add(drop);
  const shadow = new URL(url);
  shadow.pathname = `/${name}`;
  return connect(shadow.href, drop);
}

async function connect(url: string, onDispose?: () => Promise<void>): Promise<SqlDriverAdapter> {
  const pool = readCharAsText(new pg.Pool({ connectionString: url, max: 3 }));
  const schema = new URL(url).searchParams.get('schema');
  const adapter = await new PrismaPg(pool, schema === null ? {} : { schema }).connect();
  reportChar(adapter);
  const begin = adapter.startTransaction.bind(adapter);
  adapter.startTransaction = async (level) => {
    const transaction = await begin(level);
    reportChar(transaction);
    return transaction;
  };
  adapter.executeScript = async (script) => {
    await pool.query(script);
  };
  adapter.dispose = async () => {
    await pool.end();
    await onDispose?.();
  };
  return adapter;
}

/** Marks "char" columns and reads them as text. */
function readCharAsText(pool: pg.Pool): pg.Pool {
  pool.on('connect', (client) => {
    const target = client as { query: unknown };
    const query = (target.query as (...given: unknown[]) => Promise<Answer> | undefined).bind(client);
    // The pool asks with a callback, the adapter with a promise.
    target.query = (...given: unknown[]) => {
      const callback = given.at(-1);
      if (typeof callback !== 'function') return query(...given)?.then(markChar);
      return query(...given.slice(0, -1), (error: unknown, answer: Answer) => {
        (callback as (error: unknown, answer: Answer) => void)(error, markChar(answer));
      });
    };
  });
  return pool;
}

function markChar<T extends Answer>(answer: T): T {
  for (const field of answer?.fields ?? []) {
    if (field.dataTypeID !== charType) continue;
    field.dataTypeID = textType;
    field.isChar = true;
  }
  return answer;
}

/** Says Character for the columns marked above, as the native engine does. */
function reportChar(queryable: SqlQueryable): void {
  const inner = queryable as SqlQueryable & { performIO(query: unknown): Promise<Answer> };
  const perform = inner.performIO.bind(inner);
  const queryRaw = inner.queryRaw.bind(inner);
  let fields: readonly Field[] = [];
  inner.performIO = async (query) => {
    const result = await perform(query);
    fields = result?.fields ?? [];
    return result;
  };
  inner.queryRaw = async (query) => {
    const result = await queryRaw(query);
    fields.forEach((field, at) => {
      if (field.isChar === true) result.columnTypes[at] = ColumnTypeEnum.Character;
    });
    return result;
  };
}
