/** Whether what is stored sealed can be opened, and what other systems send can be verified. */
import { encryptionKeys, Keyring } from '../../subgraphs/kernel/encryption/index.js';
import type { Config } from '../../subgraphs/kernel/config/index.js';
import type { Database } from '../../subgraphs/kernel/db/index.js';
import { type Finding, failed, ok, warning } from './finding.js';

interface SealedUnder {
  readonly keyId: string;
  readonly count: number;
}

export async function checkKeys(database: Database, config: Config): Promise<Finding[]> {
  return [await checkSealed(database, config), await checkWebhook(database, config)];
}

async function checkSealed(database: Database, config: Config): Promise<Finding> {
  const name = 'encryption key';
  try {
    const sealed = await database.query<SealedUnder>(
      `/* doctor.sealed */ select key_id as "keyId", count(*)::int as count from (
         select access_token_key_id from builds.users where access_token_key_id is not null
         union all select secrets_key_id from workflow.connectors where secrets_key_id is not null
       ) as sealed (key_id) group by key_id order by key_id`,
    );
    return judge(name, sealed, config);
  } catch (error) {
    return failed(name, error);
  }
}

function judge(name: string, sealed: readonly SealedUnder[], config: Config): Finding {
  const all = sealed.reduce((sum, { count }) => sum + count, 0);
  const keys = encryptionKeys(config);
  if (keys === null) {
    if (all === 0) return ok(name, 'not set, and nothing is sealed: access tokens can not be stored');
    return failed(
      name,
      `${all} stored secrets are sealed and no key is set`,
      'Set WEFT_ENCRYPTION_KEY to the key that sealed them',
    );
  }
  const keyring = new Keyring(keys);
  const lost = sealed.filter(({ keyId }) => !keyring.has(keyId)).reduce((sum, { count }) => sum + count, 0);
  if (lost > 0) {
    const advice = 'Set the key that sealed them as WEFT_ENCRYPTION_KEY_PREVIOUS and run weft rotate-key';
    return failed(name, `${lost} of ${all} stored secrets are sealed under another key`, advice);
  }
  const older = sealed.filter(({ keyId }) => keyId !== keyring.currentKeyId).reduce((sum, { count }) => sum + count, 0);
  if (older > 0)
    return warning(name, `${older} of ${all} stored secrets are sealed under the previous key`, 'Run weft rotate-key');
  if (config.encryptionKeyPrevious !== undefined) {
    return warning(
      name,
      `opens all ${all} stored secrets`,
      'Nothing needs WEFT_ENCRYPTION_KEY_PREVIOUS any more: drop it',
    );
  }
  return ok(name, `opens all ${all} stored secrets`);
}

async function checkWebhook(database: Database, { githubWebhookSecret }: Config): Promise<Finding> {
  const name = 'webhook secret';
  if (githubWebhookSecret !== undefined) return ok(name, 'set');
  try {
    const [row] = await database.query<{ count: number }>(
      '/* doctor.webhooks */ select count(*)::int as count from builds.repos where webhook_active',
    );
    const count = row?.count ?? 0;
    if (count === 0) return ok(name, 'not set, and no repository sends deliveries');
    const advice = 'GitHub’s deliveries are refused: set WEFT_GITHUB_WEBHOOK_SECRET to the secret of the webhooks';
    return warning(
      name,
      `not set, and ${count} connected ${count === 1 ? 'repository has' : 'repositories have'} a webhook`,
      advice,
    );
  } catch (error) {
    return failed(name, error);
  }
}
