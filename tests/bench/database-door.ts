/** What the door costs over the bare driver: one row by key and fifty, on each engine. Set WEFT_TEST_DATABASE_URL for PostgreSQL. */
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { Pool } from 'pg';
import { openDatabase, sql, type Database } from '../../subgraphs/kernel/db/index.js';

const log = { warn: () => undefined };
const rounds = 9;
const runs = 400;
const text = `select id, name, made, details from bench_door where id = any($1::int[]) order by id`;
const setUp = `drop table if exists bench_door;
  create table bench_door (id int primary key, name text, made timestamptz default now(), details jsonb default '{}');
  insert into bench_door (id, name) select n, 'name ' || n from generate_series(1, 10000) n;
  analyze bench_door`;

type Run = (ids: readonly number[]) => Promise<unknown>;

/** CPU of this process in microseconds for each call, the median of rounds that take turns so that noise hits all alike. */
async function compare(rows: number, contestants: Record<string, Run>): Promise<Record<string, number>> {
  const samples = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) {
      const before = process.cpuUsage();
      for (let i = 0; i < runs; i++) await run(Array.from({ length: rows }, (_, n) => ((i * 7 + n) % 10_000) + 1));
      const { user, system } = process.cpuUsage(before);
      // The first round warms up.
      if (round > 0) samples.set(name, [...(samples.get(name) ?? []), (user + system) / runs]);
    }
  }
  return Object.fromEntries([...samples].map(([name, values]) => [name, median(values)]));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(title: string, results: Record<string, number>, bare: string): void {
  const base = results[bare] ?? Number.NaN;
  const parts = Object.entries(results).map(
    ([name, cpu]) => `${name} ${cpu.toFixed(0)} µs (${(cpu / base).toFixed(2)}×)`,
  );
  console.log(`${title}: ${parts.join(', ')}`);
}

const throughDoor =
  (database: Database): Run =>
  (ids) =>
    database.query(
      sql`/* bench.door */ select id, name, made, details from bench_door where id = any(${ids}::int[]) order by id`,
    );

async function benchPglite(): Promise<void> {
  const bare = await PGlite.create({ extensions: { vector } });
  await bare.exec(setUp);
  const door = await openDatabase({ dataDir: 'memory', log });
  await door.script(setUp);
  for (const rows of [1, 50]) {
    const contestants = { 'bare PGlite': (ids: readonly number[]) => bare.query(text, [ids]), door: throughDoor(door) };
    print(`PGlite, ${rows} row(s)`, await compare(rows, contestants), 'bare PGlite');
  }
  await door.close();
  await bare.close();
}

async function benchPostgres(url: string): Promise<void> {
  const pool = new Pool({ connectionString: url });
  const door = await openDatabase({ url, log });
  await door.script(setUp);
  for (const rows of [1, 50]) {
    const contestants = {
      'bare pg, prepared': (ids: readonly number[]) => pool.query({ name: 'bench', text, values: [ids] }),
      'bare pg': (ids: readonly number[]) => pool.query(text, [ids]),
      door: throughDoor(door),
    };
    print(`PostgreSQL, ${rows} row(s)`, await compare(rows, contestants), 'bare pg, prepared');
  }
  await door.script('drop table bench_door');
  await door.close();
  await pool.end();
}

await benchPglite();
const url = process.env['WEFT_TEST_DATABASE_URL'];
if (url) await benchPostgres(url);
else console.log('WEFT_TEST_DATABASE_URL is not set: PostgreSQL was not measured');
