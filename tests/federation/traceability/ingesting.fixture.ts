/** Scans two commits of a repository, and stops for ever at a statement of the second, inside its transaction. */
import { writeSync } from 'node:fs';
import { Identity } from '../../../subgraphs/kernel/auth/index.js';
import { openDatabase, prepareDatabase, type Database, type Transaction } from '../../../subgraphs/kernel/db/index.js';
import { settleSealing } from '../../../subgraphs/kernel/write/index.js';
import { ingestScan, type ScanFileInput } from '../../../subgraphs/traceability/index.js';
import { quietLog } from '../../testkit/server.js';

const [place = '', statementName = ''] = process.argv.slice(2);
const location = place.startsWith('postgres') ? { url: place } : { dataDir: place };
const database = await openDatabase({ ...location, log: quietLog });
await prepareDatabase(database);

const scan = (db: Database, commit: string, body: string): ReturnType<typeof ingestScan> => {
  const file = (n: number): ScanFileInput => ({
    path: `.gxp/REQ-${n}.md`,
    content: `---\ngxp_id: REQ-${n}\ntitle: Requirement ${n}\ngxp_risk_rating: LOW\n---\n${body}\n`,
  });
  const child = { path: '.gxp/US-1.md', content: `---\ngxp_id: US-1\ntitle: Story\nparent_id: REQ-1\n---\n${body}\n` };
  return ingestScan(
    { auth: Identity.of({ subject: 'tester', scopes: [] }), requestId: 'kill', database: db },
    {
      repository: 'acme/killed',
      gitUrl: 'https://git.example.com/acme/killed.git',
      commitSha: commit.repeat(40),
      files: [...Array.from({ length: 50 }, (_, n) => file(n)), child],
    },
  );
};

/** The statement has run, its transaction is open, and nothing goes on from there. */
const stopping = (tx: Transaction): Transaction => ({
  driver: tx.driver,
  script: tx.script.bind(tx),
  savepoint: tx.savepoint.bind(tx),
  query: async (statement, values) => {
    const rows = await tx.query(statement, values);
    if (typeof statement === 'string' || !statement.name.startsWith(statementName)) return rows as never;
    writeSync(1, 'inside\n');
    return new Promise(() => undefined);
  },
});

await scan(database, 'a', 'Before.');
await settleSealing(database);
const stopped: Database = {
  engine: database.engine,
  query: database.query.bind(database),
  script: database.script.bind(database),
  listen: database.listen.bind(database),
  lane: database.lane.bind(database),
  state: database.state.bind(database),
  close: database.close.bind(database),
  transaction: (run, options) => database.transaction((tx) => run(stopping(tx)), options),
};
await scan(stopped, 'b', 'After.');
writeSync(1, 'not stopped\n');
