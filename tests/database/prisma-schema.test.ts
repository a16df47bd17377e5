import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCatalogue, type Catalogue } from '../../subgraphs/kernel/db/catalogue/index.js';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { openPrisma } from '../../subgraphs/kernel/write/prisma.js';
import { describeOn, type TestDatabase } from '../testkit/index.js';
import { openSeededDatabase } from './seeded-database.js';

interface Model {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/** As the schema files say it: `model Name { field Type @map("column") … @@map("table") @@schema("schema") }`. */
function readModels(): Model[] {
  const folder = packagePath('prisma', 'schema');
  const text = readdirSync(folder)
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8'))
    .join('\n');
  const models = Array.from(text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm), ([, name = '', body = '']) => ({
    name,
    body,
  }));
  const names = new Set(models.map((model) => model.name));
  return models.map(({ name, body }) => {
    const columns = Array.from(body.matchAll(/^ {2}(\w+) +(\w+)(.*)$/gm))
      .filter(([, , type = '']) => !names.has(type))
      .map(([, field = '', , rest = '']) => /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field);
    const [, schema] = /@@schema\("(\w+)"\)/.exec(body) ?? [];
    const [, table] = /@@map\("(\w+)"\)/.exec(body) ?? [];
    return { name, table: `${schema}.${table}`, columns: columns.sort() };
  });
}

const models = readModels();
let opened: TestDatabase;
let catalogue: Catalogue;
beforeAll(async () => {
  opened = await openSeededDatabase();
  catalogue = await readCatalogue(opened.database);
});
afterAll(() => opened.close());

test('every table has a model, and every column of it a field', () => {
  const described = new Map(models.map(({ table, columns }) => [table, columns]));
  const live = new Map(
    catalogue.tables.map(({ schema, name, columns }) => [
      `${schema}.${name}`,
      columns.map((column) => column.name).sort(),
    ]),
  );
  expect(described).toEqual(live);
});

describe('the generated client', () => {
  test.each(models.map((model) => model.name))('finds a %s, or none', async (name) => {
    await opened.database.transaction(async (tx) => {
      const session = await openPrisma(opened.database, tx);
      const delegate = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
      const client = session.client as unknown as Record<string, { findFirst(): Promise<unknown> }>;
      expect(await client[delegate]!.findFirst()).not.toBeUndefined();
      await session.end();
    });
  });
});

describeOn('postgres', 'Prisma’s own migrate commands, without its native engine', () => {
  test('see no difference between the migrated database and the schema', () => {
    const command = ['--import', 'tsx', packagePath('prisma', 'offline', 'prisma.ts'), 'migrate', 'diff'];
    const { status, stdout } = spawnSync(
      '/usr/bin/env',
      [
        `DATABASE_URL=${opened.url}`,
        process.execPath,
        ...command,
        '--from-config-datasource',
        ...['--to-schema', packagePath('prisma', 'schema'), '--script', '--exit-code'],
      ],
      { cwd: packagePath(), encoding: 'utf8' },
    );
    expect(stdout).toContain('This is an empty migration.');
    expect(status).toBe(0);
  });
});
