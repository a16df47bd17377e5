import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOn, openTestDatabase, startProgram, type TestDatabase } from '../../../tests/testkit/index.js';
import type { Database } from '../../kernel/db/index.js';
import { afterCrash, mortal, orchestrate, outcomeOf, prepareScene, startScene } from './crash-scene.js';
import { savePolicies } from './engine-fixture.js';

let opened: TestDatabase;
let database: Database;
/** Of a run that nothing happened to. */
let expected: unknown;
beforeAll(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  await savePolicies(database);
  await prepareScene(database);
  const run = await startScene(database);
  await orchestrate(database, run);
  expected = await outcomeOf(database, run);
  expect(expected).toMatchObject({ run: 'COMPLETED', order: 'COMPLETED' });
});
afterAll(() => opened.close());

describeOn('pglite', 'a process that orchestrates a run', () => {
  test('may break off at its transactions: the next one brings the run to the same end', async () => {
    let survived = false;
    // Every boundary is for real processes on a server; here each seventh.
    for (let boundary = 1; !survived; boundary += 7) {
      const run = await startScene(database);
      let isDead = false;
      const dying = mortal(database, boundary, () => {
        isDead = true;
        throw new Error('died');
      });
      const { query } = dying;
      dying.query = (statement, values) => (isDead ? Promise.reject(new Error('dead')) : query(statement, values));
      const { transaction } = dying;
      dying.transaction = (...call) => (isDead ? Promise.reject(new Error('dead')) : transaction(...call));
      await orchestrate(dying, run).catch(() => undefined);
      survived = !isDead;
      await afterCrash(database);
      await orchestrate(database, run);
      expect(await outcomeOf(database, run)).toEqual(expected);
    }
  });
});

describeOn('postgres', 'a process that orchestrates a run', () => {
  test('may be killed at every one of its transactions, before and after the commit: the next one brings the run to the same end', async () => {
    let finish = '-';
    let boundary = 0;
    for (let survived = false; !survived;) {
      boundary += 1;
      const args = [opened.url ?? '', finish, String(boundary)];
      const program = startProgram(['subgraphs', 'workflow', 'tests', 'orchestrating.fixture.ts'], args);
      const begun = await program.lines.next();
      const { code, errors } = await program.ended;
      expect(errors).toBe('');
      survived = code === 0;
      if (finish !== '-') expect(await outcomeOf(database, finish)).toEqual(expected);
      finish = String(begun.value);
    }
    expect(await outcomeOf(database, finish)).toEqual(expected);
    // Two for each of its transactions.
    expect(boundary).toBe(39);
  }, 400_000);
});
