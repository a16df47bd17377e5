/** What a process that serves audits and builds does beside its graph: GitHub's webhook, and builds that went silent. */
import type { ExtraRoute } from '../../gateway/index.js';
import { createWebhookHandler, largestDelivery, startBuildSweeper } from '../../subgraphs/audit-and-builds/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import type { Logger } from '../../subgraphs/kernel/log/index.js';

export interface AuditServices {
  readonly routes: readonly ExtraRoute[];
  stop(): Promise<void>;
}

export function startAuditServices(config: Config, database: Database, log: Logger): AuditServices {
  const secret = config.githubWebhookSecret?.reveal() ?? null;
  const webhook: ExtraRoute = {
    method: 'POST',
    path: '/webhooks/github',
    maxBodyBytes: largestDelivery,
    handle: createWebhookHandler({ database, secret, log }),
  };
  return { routes: [webhook], stop: startBuildSweeper(database, log) };
}
