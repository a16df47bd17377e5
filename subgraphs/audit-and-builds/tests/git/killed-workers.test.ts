/** Pushes that come faster than they are judged, and workers that are killed at it. `WEFT_TEST_OPERATIONS=200` is 200 pushes and ten kills. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import {
  encryptionKey,
  openSubgraph,
  plantedToken,
  tester,
  userId,
} from '../../../../tests/federation/audit-and-builds/subgraph.js';
import { engine, operationCount, startProgram } from '../../../../tests/testkit/index.js';
import { sql } from '../../../kernel/db/index.js';
import { takeDelivery } from '../../repository/webhook-deliveries.js';
import { toRequests } from '../../webhook/delivery.js';
import { TestRepository } from './git-host.js';
import { openGithub } from './github-host.js';

const pushes = operationCount(16);
const kills = Math.max(3, Math.round(pushes / 20));
/** Each with an installation of its own: GitHub allows one of them one writing request a second. */
const repositories = Math.min(10, pushes / 4);

if (engine === 'pglite') {
  test('the embedded store is worked on by the process that has it open: tests/durability kills that', () => undefined);
} else {
  test(`${pushes} pushes, the worker killed ${kills} times: each commit is judged once and told once, and nothing waits for ever`, async () => {
    const subgraph = await openSubgraph();
    const host = await openGithub(plantedToken);
    try {
      const { database } = subgraph;
      await subgraph.mutate('userRegister', { githubId: 42, githubLogin: 'jana-novak', accessToken: plantedToken });
      const held = [];
      const sources: TestRepository[] = [];
      for (let index = 0; index < repositories; index += 1) {
        const fullName = `acme/kills-${index}`;
        held.push(host.add(fullName, 9_000 + index));
        host.install(fullName, 500 + index);
        sources.push(new TestRepository(host, fullName));
        const input = { userId, githubRepoId: 9_000 + index, fullName, webhookId: 1 };
        expect((await subgraph.mutate('repositoryConnect', input)).userErrors).toEqual([]);
      }
      const start = () =>
        startProgram(['cli', 'main.ts'], ['worker', '--audits'], {
          DATABASE_URL: subgraph.test.url ?? '',
          WEFT_ENCRYPTION_KEY: encryptionKey,
          WEFT_GITHUB_URL: host.url,
          WEFT_GITHUB_API_URL: host.apiUrl,
          WEFT_GITHUB_APP_ID: String(host.app.id),
          WEFT_GITHUB_APP_KEY: host.app.key,
          WEFT_AUDIT_LEASE_SECONDS: '10',
          WEFT_AUDIT_POLL_MS: '50',
          WEFT_LOG_LEVEL: 'error',
        });
      const began = performance.now();
      const push = async (index: number): Promise<void> => {
        const source = sources[index % repositories];
        if (source === undefined) throw new Error('there is no repository');
        const after = source.commit({ 'a.py': `x = ${index}\n`, 'b.py': index % 2 === 0 ? 'x = (\n' : '' });
        source.branch(`b${index}`, after);
        const payload = {
          ref: `refs/heads/b${index}`,
          before: '0'.repeat(40),
          after,
          repository: { id: 9_000 + (index % repositories), full_name: 'x/y' },
          head_commit: { id: after, message: 'm', author: { name: 'a' } },
        };
        const delivery = {
          id: `push-${index}`,
          event: 'push',
          action: null,
          requests: toRequests('push', null, payload),
        };
        const sender = { auth: tester, requestId: 'test', database };
        expect(await takeDelivery(sender, delivery)).toBe('ACCEPTED');
      };
      const pushing = (async () => {
        for (let index = 0; index < pushes; index += 1) await push(index);
        return performance.now() - began;
      })();
      const count = async (statement: ReturnType<typeof sql>): Promise<number> =>
        (await database.query<{ count: number }>(statement))[0]?.count ?? 0;
      const judged = () => count(sql`select count(*) from builds.audit_runs where status in ('completed', 'error')`);
      const told = () => count(sql`select count(*) from builds.github_tasks where status <> 'pending'`);
      for (let round = 1; round <= kills; round += 1) {
        const worker = start();
        // Until it has done some, so that it has others under way.
        const before = (await judged()) + (await told());
        while ((await judged()) + (await told()) < before + 2) await delay(50);
        await worker.kill();
        // A dead worker's tasks are taken up as if its lease were over.
        await database.script(`update builds.github_tasks set next_attempt_at = now() where status = 'pending'`);
      }
      const last = start();
      const pushedIn = await pushing;
      while ((await told()) < pushes) await delay(100);
      await last.kill();
      const seconds = (milliseconds: number) => (milliseconds / 1_000).toFixed(1);
      const all = seconds(performance.now() - began);
      process.stdout.write(`${pushes} pushes in ${seconds(pushedIn)} s, judged and told in ${all} s, ${kills} kills\n`);
      const [counted] = await database.query(sql`select
        (select count(*)::int from builds.audit_runs where status = 'completed') as runs,
        (select count(*)::int from builds.audit_checks) as checks,
        (select count(*)::int from builds.audit_findings where check_code = 'A0') as syntax,
        (select count(*)::int from builds.github_tasks where status = 'done') as told,
        (select count(*)::int from traceability.audit_log where action = 'auditRunCompleted') as endings`);
      expect(counted).toEqual({ runs: pushes, checks: pushes * 6, syntax: pushes / 2, told: pushes, endings: pushes });
      const runs = held.flatMap(({ checkRuns }) => checkRuns.map(({ run }) => [run.external_id, run.status]));
      expect(new Set(runs.map(([id]) => id)).size).toBe(pushes);
      expect(runs.filter(([, status]) => status === 'completed')).toHaveLength(pushes);
      expect(runs).toHaveLength(pushes);
    } finally {
      await subgraph.close();
      await host.close();
    }
  }, 600_000);
}
