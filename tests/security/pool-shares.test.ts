import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeOn, openTestDatabase, type TestDatabase } from '../testkit/index.js';
import { buildSchema, parse, validate } from 'graphql';
import { packagePath } from '../../subgraphs/kernel/config/index.js';
import { attack, openHeldGateway, victimsQuestion, type HeldGateway } from './pool-attack.js';

describeOn('postgres', 'the database’s connections', () => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await openTestDatabase();
  });
  afterAll(() => opened.close());

  describe.each(['in process', 'over HTTP'] as const)('with subgraphs %s', (shape) => {
    let gateway: HeldGateway;
    beforeAll(async () => {
      gateway = await openHeldGateway(opened.url as string, { shape });
    }, 60_000);
    afterAll(() => gateway.close());

    const until = async (holds: () => Promise<boolean>): Promise<void> => {
      while (!(await holds())) await turn();
    };

    test('one request holds its share of them, and all others are served', async () => {
      const gone = new AbortController();
      const attacking = gateway.ask(attack, { as: 'mallory', signal: gone.signal }).catch(() => undefined);
      await until(async () => (await gateway.held()) === 4);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => gateway.ask(victimsQuestion, { as: `victim ${n}` })),
      );
      expect(answers.filter(({ body }) => body.errors !== undefined)).toEqual([]);
      expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
      expect(await gateway.held()).toBeLessThanOrEqual(4);
      gone.abort();
      await attacking;
      await until(async () => (await gateway.held()) === 0);
    });

    test('one caller holds its share with any number of requests; who waits too long hears when to come again', async () => {
      const gone = new AbortController();
      const attacking = Array.from({ length: 10 }, () =>
        gateway.ask(attack, { as: 'mallory', signal: gone.signal }).catch(() => undefined),
      );
      await until(async () => (await gateway.held()) === 8);
      expect(await gateway.ask('{ requirements(first: 1) { nodes { id } } }', { as: 'mallory' })).toMatchObject({
        status: 503,
        retryAfter: '2',
        body: { errors: [{ extensions: { code: 'SERVER_BUSY', retryAfterSeconds: 2 } }] },
      });
      expect(await gateway.ask(victimsQuestion, { as: 'victim' })).toMatchObject({ status: 200 });
      // Sockets that are cut, as a client that is killed leaves them.
      gone.abort();
      await Promise.all(attacking);
      await until(async () => (await gateway.held()) === 0);
      await until(() => Promise.resolve(gateway.database.state().inUse === 0));
      expect(gateway.database.state()).toMatchObject({ waiting: 0, callers: 0 });
    });
  });
});

test('the attack and the victim’s question are ordinary requests to the graph', () => {
  const schema = buildSchema(readFileSync(packagePath('schema', 'api.graphql'), 'utf8'));
  for (const document of [attack, victimsQuestion]) expect(validate(schema, parse(document))).toEqual([]);
});
