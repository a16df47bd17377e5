import { expect, test } from '@jest/globals';
import {
  describeOn,
  openTestDatabase,
  operationCount,
  startProgram,
  type ChildProgram,
} from '../../../tests/testkit/index.js';
import { seeded } from '../../../tests/testkit/seeded.js';
import { brokenLaws, countTransactions, lostRequests } from './credit-laws.js';
import { RandomClient, registerAccounts } from './random-client.js';

/** The run did what it set out to do: every kind of movement happened, often. */
function expectVariety(counts: Record<string, number>, atLeast: number): void {
  for (const type of ['GRANT', 'DEBIT', 'REFUND', 'ADJUSTMENT'])
    expect([type, (counts[type] ?? 0) >= atLeast]).toEqual([type, true]);
}

describeOn('postgres', 'sixteen clients at once, in processes that are killed at random', () => {
  const operations = operationCount(20_000);
  const processes = 4;
  const clientsPerProcess = 4;
  const kills = 8;

  test(`${operations} random operations leave every law of credit whole, and lose no acknowledged request`, async () => {
    const opened = await openTestDatabase();
    await registerAccounts(opened.database);
    const random = seeded(7);
    const acknowledged = new Set<string>();
    const running = new Set<ChildProgram>();
    const deaths: Promise<void>[] = [];
    let done = 0;
    let seed = 0;
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));

    const start = (): void => {
      const child = startProgram(
        ['subgraphs', 'scanning-and-wallets', 'tests', 'random-clients.fixture.ts'],
        [opened.url ?? '', String((seed += 1)), String(clientsPerProcess)],
      );
      running.add(child);
      deaths.push(read(child));
    };
    const read = async (child: ChildProgram): Promise<void> => {
      for await (const line of child.lines) {
        if (line !== 'done') acknowledged.add(line);
        done += 1;
        if (done >= operations) finish();
        else if (done % Math.ceil(operations / (kills + 1)) === 0) await killOne();
      }
      // Killed, or it met something that it did not expect.
      const { code, errors } = await child.ended;
      if (code !== null) finish();
      expect({ code, errors }).toEqual({ code: null, errors: '' });
    };
    const killOne = async (): Promise<void> => {
      const victims = [...running];
      const victim = victims[Math.floor(random() * victims.length)];
      if (victim === undefined) return;
      running.delete(victim);
      start();
      await victim.kill();
      expect(await brokenLaws(opened.database)).toEqual({});
    };

    for (let index = 0; index < processes; index += 1) start();
    await finished;
    await Promise.all([...running].map((child) => child.kill()));
    await Promise.all(deaths);
    expect(done).toBeGreaterThanOrEqual(operations);
    expect(seed).toBeGreaterThanOrEqual(processes + kills);
    expect(await brokenLaws(opened.database)).toEqual({});
    expect(await lostRequests(opened.database, acknowledged)).toEqual([]);
    expectVariety(await countTransactions(opened.database), operations / 200);
    await opened.close();
  }, 300_000);
});

describeOn('pglite', 'one client after the other', () => {
  const operations = operationCount(800);

  test(`${operations} random operations leave every law of credit whole`, async () => {
    const opened = await openTestDatabase();
    await registerAccounts(opened.database);
    const clients = Array.from({ length: 16 }, (_, seed) => new RandomClient(opened.database, seed));
    const random = seeded(3);
    const acknowledged = new Set<string>();
    for (let index = 0; index < operations; index += 1) {
      const line = await clients[Math.floor(random() * clients.length)]?.step();
      if (line != null) acknowledged.add(line);
      if (index % 200 === 0) expect(await brokenLaws(opened.database)).toEqual({});
    }
    expect(await brokenLaws(opened.database)).toEqual({});
    expect(await lostRequests(opened.database, acknowledged)).toEqual([]);
    expectVariety(await countTransactions(opened.database), operations / 200);
    await opened.close();
  }, 600_000);
});
