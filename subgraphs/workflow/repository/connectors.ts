/** Connectors: their settings, their encrypted secrets, and their health. */
import { randomUUID } from 'node:crypto';
import { sql, type Database, type Transaction } from '../../kernel/db/index.js';
import type { Keyring } from '../../kernel/encryption/index.js';
import { userError } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import {
  assertConfig,
  assertSecrets,
  healthAfter,
  withoutSecrets,
  type ConnectorStatus,
  type Secrets,
} from '../domain/connector-config.js';
import { assertName, assertText } from '../domain/text-limits.js';

export interface ConnectorInput {
  readonly name: string;
  readonly type: string;
  readonly isActive?: boolean | null;
  readonly config?: Readonly<Record<string, unknown>> | null;
  /** Null leaves them; none removes them. */
  readonly secrets?: Readonly<Record<string, unknown>> | null;
}

type Saved = Promise<Written<{ connector: string }>>;

interface StoredConnector {
  readonly id: string;
  readonly type: string;
  readonly status: ConnectorStatus;
  readonly config: Readonly<Record<string, unknown>>;
  readonly secrets: string | null;
  readonly secretsKeyId: string | null;
  readonly consecutiveFailures: number;
}

/** A ciphertext that is copied to another connector does not open there. */
function ownerOf(id: string): string {
  return `connector ${id}`;
}

/** By its name: creates it, or changes what is given. Null `keyring`: no secrets can be stored. */
export function saveConnector(writer: Writer, keyring: Keyring | null, input: ConnectorInput): Saved {
  return write(writer, { operation: 'connectorSave' }, async (tx) => {
    const { name, type, isActive = null, config = null, secrets = null } = input;
    assertName('name', name);
    if (config !== null) assertConfig(config);
    if (secrets !== null) assertSecrets(secrets);
    const before = await lockByName(tx, name);
    if (before !== null && before.type !== type)
      throw userError('CONFLICT', 'type', `${name} is a connector of type ${before.type}: its tools rely on that.`);
    const id = before?.id ?? randomUUID();
    const sealed = secrets === null ? storedSecrets(before) : sealSecrets(keyring, secrets, id);
    const status = nextStatus(before?.status ?? 'INACTIVE', isActive);
    await tx.query(sql`/* workflow.saveConnector */
      insert into workflow.connectors (id, name, type, status, config, secrets, secrets_key_id)
      values (${id}::uuid, ${name}, ${type}::workflow.connector_type, ${status}::workflow.connector_status,
        ${sql.json(config ?? before?.config ?? {})}::jsonb, ${sealed.text}, ${sealed.keyId})
      on conflict (id) do update set status = excluded.status, config = excluded.config, secrets = excluded.secrets,
        secrets_key_id = excluded.secrets_key_id`);
    const details = { name, type, status, changed: changesOf(input) };
    tx.record({
      type: 'Connector',
      key: id,
      action: before === null ? 'connectorCreated' : 'connectorChanged',
      details,
    });
    return { connector: id };
  });
}

/** Names of what was given: the values stay where they are stored. */
function changesOf({ config, secrets }: ConnectorInput): string[] {
  return [...(config == null ? [] : ['config']), ...(secrets == null ? [] : ['secrets'])];
}

/** Switching on what is ERROR does not make it healthy: its next check does. */
function nextStatus(status: ConnectorStatus, isActive: boolean | null): ConnectorStatus {
  if (isActive === null || (isActive && status === 'ERROR')) return status;
  return isActive ? 'ACTIVE' : 'INACTIVE';
}

interface StoredSecrets {
  readonly text: string | null;
  readonly keyId: string | null;
}

function storedSecrets(before: StoredConnector | null): StoredSecrets {
  return { text: before?.secrets ?? null, keyId: before?.secretsKeyId ?? null };
}

function sealSecrets(keyring: Keyring | null, secrets: Secrets, id: string): StoredSecrets {
  if (Object.keys(secrets).length === 0) return { text: null, keyId: null };
  if (keyring === null)
    throw userError('VALIDATION', 'secrets', 'Secrets can not be stored: WEFT_ENCRYPTION_KEY is not set.');
  return keyring.seal(JSON.stringify(secrets), ownerOf(id));
}

/** Empty when there are none, or no key at hand opens them. */
function openSecrets(keyring: Keyring | null, { id, secrets, secretsKeyId }: StoredConnector): Secrets {
  if (keyring === null || secrets === null || secretsKeyId === null || !keyring.has(secretsKeyId)) return {};
  return JSON.parse(keyring.open({ text: secrets, keyId: secretsKeyId }, ownerOf(id))) as Secrets;
}

export interface CheckInput {
  readonly connectorId: string;
  /** Null: it is well. */
  readonly error?: string | null;
}

export function recordCheck(writer: Writer, keyring: Keyring | null, { connectorId, error = null }: CheckInput): Saved {
  return write(writer, { operation: 'connectorCheckRecord' }, async (tx) => {
    if (error !== null) assertText('error', error, { max: 2_000 });
    const before = await lockById(tx, connectorId);
    if (before === null) throw userError('NOT_FOUND', 'connectorId', 'There is no such connector.');
    const lastError = error === null ? null : withoutSecrets(error, openSecrets(keyring, before));
    const { status, consecutiveFailures } = healthAfter(before, error === null);
    await tx.query(sql`/* workflow.recordConnectorCheck */
      update workflow.connectors set last_checked_at = now(), last_error = ${lastError},
        consecutive_failures = ${consecutiveFailures}::int4, status = ${status}::workflow.connector_status
      where id = ${connectorId}::uuid`);
    const details = { status: [before.status, status], consecutiveFailures };
    tx.record({ type: 'Connector', key: connectorId, action: 'connectorChecked', details });
    return { connector: connectorId };
  });
}

const columns = sql`id, type, status, config, secrets, secrets_key_id as "secretsKeyId",
  consecutive_failures as "consecutiveFailures"`;

/** Two that create the same connector at once take turns; a lock of its row alone would find none to take. */
async function lockByName(tx: Transaction, name: string): Promise<StoredConnector | null> {
  await tx.query(sql`/* workflow.lockConnectorName */
    select pg_advisory_xact_lock(hashtextextended('workflow.connector/' || ${name}::text, 0))`);
  const [row] = await tx.query<StoredConnector>(sql`/* workflow.lockConnectorByName */
    select ${columns} from workflow.connectors where name = ${name} for no key update`);
  return row ?? null;
}

async function lockById(tx: Transaction, id: string): Promise<StoredConnector | null> {
  const [row] = await tx.query<StoredConnector>(sql`/* workflow.lockConnector */
    select ${columns} from workflow.connectors where id = ${id}::uuid for no key update`);
  return row ?? null;
}

export interface SecretRotation {
  readonly rotated: number;
  /** Connectors whose secrets no key at hand opens: they have to be given anew. */
  readonly unreadable: readonly string[];
}

/** Encrypts all secrets under the current key that are not yet. It can be cut off and run again; there are few connectors. */
export async function rotateSecrets(database: Database, keyring: Keyring): Promise<SecretRotation> {
  return database.transaction(async (tx) => {
    const stored = await tx.query<StoredConnector & { name: string }>(sql`/* workflow.lockSecretsOfOldKeys */
      select name, ${columns} from workflow.connectors
      where secrets_key_id <> ${keyring.currentKeyId} order by id for no key update`);
    const readable = stored.filter(({ secretsKeyId }) => keyring.has(secretsKeyId ?? ''));
    for (const connector of readable) {
      const sealed = sealSecrets(keyring, openSecrets(keyring, connector), connector.id);
      await tx.query(sql`/* workflow.storeRotatedSecrets */
        update workflow.connectors set secrets = ${sealed.text}, secrets_key_id = ${sealed.keyId} where id = ${connector.id}::uuid`);
    }
    const unreadable = stored.filter((connector) => !readable.includes(connector)).map(({ name }) => name);
    return { rotated: readable.length, unreadable };
  });
}
