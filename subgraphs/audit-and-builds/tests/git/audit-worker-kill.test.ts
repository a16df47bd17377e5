import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { connect, openSubgraph, userId } from '../../../../tests/federation/audit-and-builds/subgraph.js';
import { describeOn, startProgram } from '../../../../tests/testkit/index.js';
import { sql } from '../../../kernel/db/index.js';
import { openGitHost, TestRepository } from './git-host.js';

const [pushes, kills] = [16, 3];

describeOn('postgres', 'workers that are killed', () => {
  test(`${pushes} audits, the worker killed ${kills} times: each commit is judged once, and nothing waits for ever`, async () => {
    const subgraph = await openSubgraph();
    const host = await openGitHost();
    try {
      await connect(subgraph);
      const repository = new TestRepository(host, 'acme/kills');
      const input = { userId, githubRepoId: 9_000, fullName: repository.fullName };
      await subgraph.mutate('repositoryConnect', { ...input, remoteUrl: `${host.url}/acme/kills.git` });
      let parent: string | undefined;
      for (let index = 0; index < pushes; index += 1) {
        parent = repository.commit({ 'a.py': `x = ${index}\n`, 'b.py': index % 2 === 0 ? 'x = (\n' : '' }, parent);
        repository.branch(`b${index}`, parent);
        const run = { repositoryId: 'Repository:acme/kills', commitSha: parent, branch: `b${index}` };
        expect((await subgraph.mutate('auditRunRequest', run)).userErrors).toEqual([]);
      }
      const statuses = async () => {
        const rows = await subgraph.database.query<{ status: string; count: number }>(
          sql`select status, count(*)::int as count from builds.audit_runs group by status`,
        );
        return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
      };
      const start = () =>
        startProgram(['cli', 'main.ts'], ['worker', '--audits'], {
          DATABASE_URL: subgraph.test.url ?? '',
          WEFT_AUDIT_LEASE_SECONDS: '10',
          WEFT_AUDIT_POLL_MS: '50',
          WEFT_LOG_LEVEL: 'error',
        });
      for (let round = 1; round <= kills; round += 1) {
        const worker = start();
        // Until it has finished some, so that it has others under way.
        while (((await statuses())['completed'] ?? 0) < round * 2) await delay(50);
        await worker.kill();
      }
      const last = start();
      while (((await statuses())['completed'] ?? 0) < pushes) await delay(100);
      await last.kill();
      expect(await statuses()).toEqual({ completed: pushes });
      const [counted] = await subgraph.database.query(sql`select
        (select count(*)::int from builds.audit_checks) as checks,
        (select count(*)::int from builds.audit_findings where check_code = 'A0') as syntax,
        (select count(*)::int from traceability.audit_log where action = 'auditRunCompleted') as endings`);
      expect(counted).toEqual({ checks: pushes * 6, syntax: pushes / 2, endings: pushes });
    } finally {
      await subgraph.close();
      await host.close();
    }
  }, 240_000);
});
