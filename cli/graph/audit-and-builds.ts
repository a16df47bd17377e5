/** What a process that serves audits and builds does beside its graph: GitHub's webhook, and builds that went silent. */
import type { ExtraRoute } from '../../gateway/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';
import { deferRoute } from './deferred-route.js';
import type { StartedWorker } from './started.js';

/** GitHub sends nothing larger. */
const largestDelivery = 25 * 1024 * 1024;

export function webhookRoute(config: Config, database: Database, log: Logger): ExtraRoute {
  const secret = config.githubWebhookSecret?.reveal() ?? null;
  return deferRoute({ method: 'POST', path: '/webhooks/github', maxBodyBytes: largestDelivery }, async () => {
    const { createWebhookHandler } = await import('../../subgraphs/audit-and-builds/index.js');
    return createWebhookHandler({ database, secret, log });
  });
}

export async function startBuildSweep(_config: Config, database: Database, log: Logger): Promise<StartedWorker> {
  const { startBuildSweeper } = await import('../../subgraphs/audit-and-builds/index.js');
  return { stop: startBuildSweeper(database, log) };
}
