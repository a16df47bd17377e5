import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOn, operationCount, startProgram, type ChildProgram } from '../../../tests/testkit/index.js';
import { key, repository, WebhookFixture } from './webhook-fixture.js';

let fixture: WebhookFixture;
beforeAll(async () => void (fixture = await WebhookFixture.start()));
afterAll(() => fixture.stop());

/** Enough to show every way of going wrong; WEFT_TEST_OPERATIONS=10000 is the flood that the guarantee speaks of. */
const changes = operationCount(1_000);
const entities = 50;

/** Changes of some entities in turn, in transactions of a hundred. */
async function flood(count: number): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    const size = Math.min(100, count - from);
    await fixture.change(...Array.from({ length: size }, (_, n) => repository(`r${(from + n) % entities}`)));
  }
}

/** How often each change arrived, and whether the first arrivals of each entity are in order. */
function arrivals(): { distinct: number; duplicates: number; inOrder: boolean } {
  const seen = new Set<string>();
  const last = new Map<string, string>();
  let inOrder = true;
  for (const { id, event } of fixture.receiver.received) {
    if (seen.has(id)) continue;
    seen.add(id);
    inOrder &&= (last.get(event.subject) ?? '') < event.sequence;
    last.set(event.subject, event.sequence);
  }
  return { distinct: seen.size, duplicates: fixture.receiver.received.length - seen.size, inOrder };
}

test('of a flood to a receiver that fails now and then none is lost, and order is kept for each entity', async () => {
  await fixture.endpoint('flooded');
  await flood(changes);
  let requests = 0;
  fixture.receiver.behaves = (response) => {
    requests += 1;
    if (requests % 97 === 0) response.writeHead(503, { 'retry-after': '1' }).end();
    else if (requests % 101 === 0) response.destroy();
    else response.writeHead(202).end();
  };
  await fixture.deliver();
  const { distinct, inOrder } = arrivals();
  expect({ distinct, inOrder }).toEqual({ distinct: changes, inOrder: true });
  expect(fixture.logged).toEqual([]);
}, 600_000);

describeOn('postgres', 'weft worker --webhooks', () => {
  const startWorker = (): ChildProgram =>
    startProgram(['cli', 'main.ts'], ['worker', '--webhooks'], {
      DATABASE_URL: fixture.opened.url ?? '',
      WEFT_ENCRYPTION_KEY: key,
      WEFT_OUTBOUND_PRIVATE_HOSTS: fixture.receiver.host,
      WEFT_WEBHOOK_POLL_MS: '20',
      WEFT_WEBHOOK_TIMEOUT_MS: '1000',
      WEFT_WEBHOOK_LEASE_SECONDS: '1',
      WEFT_LOG_LEVEL: 'silent',
    });

  test('killed over and over, two at a time, they lose none and keep the order; what came twice is known by its id', async () => {
    await fixture.opened.database.query('delete from platform.webhook_endpoints');
    fixture.receiver.received.length = 0;
    await fixture.endpoint('killing', { types: ['Repository'] });
    await flood(changes);
    const kills = 3;
    let due = 1;
    let reached: () => void = () => undefined;
    const arrived = new Set<string>();
    fixture.receiver.behaves = (response, { id }) => {
      arrived.add(id);
      // Killed while some of their messages have arrived and they don't know it.
      if (arrived.size >= (due * changes) / (kills + 1)) reached();
      response.writeHead(204).end();
    };
    let workers = [startWorker(), startWorker()];
    for (; due <= kills; due += 1) {
      await new Promise<void>((resolve) => (reached = resolve));
      await Promise.all(workers.map((worker) => worker.kill()));
      workers = [startWorker(), startWorker()];
    }
    await new Promise<void>((resolve) => (reached = resolve));
    const left = async (): Promise<number> =>
      (
        await fixture.opened.database.query<{ left: number }>(
          `select count(*)::int4 as left from platform.webhook_messages where status <> 'DELIVERED'`,
        )
      )[0]?.left ?? 0;
    while ((await left()) > 0);
    await Promise.all(workers.map((worker) => worker.kill()));
    const { distinct, inOrder } = arrivals();
    expect({ distinct, inOrder }).toEqual({ distinct: changes, inOrder: true });
  }, 900_000);
});
