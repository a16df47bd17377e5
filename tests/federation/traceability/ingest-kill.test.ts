import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openDatabase, sql, type Database } from '../../../subgraphs/kernel/db/index.js';
import { engine, openTestDatabase, quietLog, startProgram, type TestDatabase } from '../../testkit/index.js';

const folder = mkdtempSync(join(tmpdir(), 'weft-ingest-kill-'));
let server: TestDatabase | null = null;
beforeAll(async () => {
  const opened = await openTestDatabase();
  if (opened.url === null) await opened.close();
  else server = opened;
});
afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The same database for every round on a server; a store of its own on the embedded engine. */
function placeOf(round: string): { readonly argument: string; open(): Promise<Database> } {
  const { url } = server ?? { url: null };
  if (url !== null) return { argument: url, open: () => openDatabase({ url, log: quietLog }) };
  const dataDir = join(folder, round);
  return { argument: dataDir, open: () => openDatabase({ dataDir, log: quietLog }) };
}

async function stateOf(database: Database): Promise<unknown> {
  const [row] = await database.query(sql`
    select (select count(*) from traceability.requirements where markdown_content like 'Before.%') as before,
      (select count(*) from traceability.requirements where markdown_content not like 'Before.%') as after,
      (select json_agg(json_build_array(source_id, target_id, status)) from traceability.traceability_links) as links,
      (select json_agg(commit_sha) from traceability.scans) as scans,
      (select count(*) from traceability.audit_log where action like '%Changed') as changes`);
  return row;
}

const statements = ['traceability.storeLinks', 'traceability.storeArtifacts', 'kernel.eventsAppend'];

// Each makes an embedded store of its own: there the one in the middle stands for all.
test.each(engine === 'postgres' ? statements : statements.slice(0, 1))(
  'kill -9 in the middle of a scan, after %s, leaves the scan before it whole',
  async (statement) => {
    const place = placeOf(statement);
    const program = startProgram(
      ['tests', 'federation', 'traceability', 'ingesting.fixture.ts'],
      [place.argument, statement],
    );
    const { value } = await program.lines.next();
    if (value !== 'inside') throw new Error(`${String(value)} ${(await program.ended).errors}`);
    await program.kill();
    const database = await place.open();
    expect(await stateOf(database)).toEqual({
      ...{ before: 50, after: 0, changes: 0, scans: ['a'.repeat(40)] },
      links: [['REQ-1', 'US-1', 'UNCOVERED']],
    });
    await database.close();
  },
  120_000,
);
