/** Connectors: their settings, their encrypted secrets, and their health. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import type { ConnectorStatus } from '../domain/connector-config.js';

export interface StoredConnector {
  readonly id: string;
  readonly type: string;
  readonly status: ConnectorStatus;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: string | null;
  readonly secretsKeyId: string | null;
  readonly consecutiveFailures: number;
}

export interface StoredSecrets {
  readonly text: string | null;
  readonly keyId: string | null;
}

const columns = sql`id, type, status, config, secrets, secrets_key_id as "secretsKeyId",
  consecutive_failures as "consecutiveFailures"`;

/** Two that create the same connector at once take turns; a lock of its row alone would find none to take. */
export async function lockConnectorByName(tx: Transaction, name: string): Promise<StoredConnector | null> {
  await tx.query(sql`/* workflow.lockConnectorName */
    select pg_advisory_xact_lock(hashtextextended('workflow.connector/' || ${name}::text, 0))`);
  const [row] = await tx.query<StoredConnector>(sql`/* workflow.lockConnectorByName */
    select ${columns} from workflow.connectors where name = ${name} for no key update`);
  return row ?? null;
}

export async function lockConnectorById(tx: Transaction, id: string): Promise<StoredConnector | null> {
  const [row] = await tx.query<StoredConnector>(sql`/* workflow.lockConnector */
    select ${columns} from workflow.connectors where id = ${id}::uuid for no key update`);
  return row ?? null;
}

export interface NewConnector {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly status: ConnectorStatus;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: StoredSecrets;
}

export async function upsertConnector(
  tx: Transaction,
  { id, name, type, status, config, secrets }: NewConnector,
): Promise<void> {
  await tx.query(sql`/* workflow.saveConnector */
    insert into workflow.connectors (id, name, type, status, config, secrets, secrets_key_id)
    values (${id}::uuid, ${name}, ${type}::workflow.connector_type, ${status}::workflow.connector_status,
      ${sql.json(config)}::jsonb, ${secrets.text}, ${secrets.keyId})
    on conflict (id) do update set status = excluded.status, config = excluded.config, secrets = excluded.secrets,
      secrets_key_id = excluded.secrets_key_id`);
}

export interface CheckedHealth {
  readonly connectorId: string;
  readonly lastError: string | null;
  readonly status: ConnectorStatus;
  readonly consecutiveFailures: number;
}

export async function updateConnectorHealth(
  tx: Transaction,
  { connectorId, lastError, status, consecutiveFailures }: CheckedHealth,
): Promise<void> {
  await tx.query(sql`/* workflow.recordConnectorCheck */
    update workflow.connectors set last_checked_at = now(), last_error = ${lastError},
      consecutive_failures = ${consecutiveFailures}::int4, status = ${status}::workflow.connector_status
    where id = ${connectorId}::uuid`);
}

/** Those whose secrets are encrypted under another key than this. */
export function lockConnectorsOfOtherKeys(
  tx: Transaction,
  keyId: string,
): Promise<(StoredConnector & { readonly name: string })[]> {
  return tx.query<StoredConnector & { name: string }>(sql`/* workflow.lockSecretsOfOldKeys */
    select name, ${columns} from workflow.connectors
    where secrets_key_id <> ${keyId} order by id for no key update`);
}

export async function updateSecrets(tx: Transaction, id: string, secrets: StoredSecrets): Promise<void> {
  await tx.query(sql`/* workflow.storeRotatedSecrets */
    update workflow.connectors set secrets = ${secrets.text}, secrets_key_id = ${secrets.keyId} where id = ${id}::uuid`);
}
