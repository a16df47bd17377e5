/** What is done with connectors: saved with their secrets encrypted, checked, and given new keys. */
import { randomUUID } from 'node:crypto';
import type { Database } from '../../kernel/db/index.js';
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
import {
  lockConnectorById,
  lockConnectorByName,
  lockConnectorsOfOtherKeys,
  updateConnectorHealth,
  updateSecrets,
  upsertConnector,
  type StoredConnector,
  type StoredSecrets,
} from '../repository/connectors.js';

export interface ConnectorInput {
  readonly name: string;
  readonly type: string;
  readonly isActive?: boolean | null;
  readonly config?: Readonly<Record<string, unknown>> | null;
  /** Null leaves them; none removes them. */
  readonly secrets?: Readonly<Record<string, unknown>> | null;
}

type Saved = Promise<Written<{ connector: string }>>;

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
    const before = await lockConnectorByName(tx, name);
    if (before !== null && before.type !== type)
      throw userError('CONFLICT', 'type', `${name} is a connector of type ${before.type}: its tools rely on that.`);
    const id = before?.id ?? randomUUID();
    const sealed = secrets === null ? storedSecrets(before) : sealSecrets(keyring, secrets, id);
    const status = nextStatus(before?.status ?? 'INACTIVE', isActive);
    await upsertConnector(tx, { id, name, type, status, config: config ?? before?.config ?? {}, secrets: sealed });
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
    const before = await lockConnectorById(tx, connectorId);
    if (before === null) throw userError('NOT_FOUND', 'connectorId', 'There is no such connector.');
    const lastError = error === null ? null : withoutSecrets(error, openSecrets(keyring, before));
    const { status, consecutiveFailures } = healthAfter(before, error === null);
    await updateConnectorHealth(tx, { connectorId, lastError, status, consecutiveFailures });
    const details = { status: [before.status, status], consecutiveFailures };
    tx.record({ type: 'Connector', key: connectorId, action: 'connectorChecked', details });
    return { connector: connectorId };
  });
}

export interface SecretRotation {
  readonly rotated: number;
  /** Connectors whose secrets no key at hand opens: they have to be given anew. */
  readonly unreadable: readonly string[];
}

/** Encrypts all secrets under the current key that are not yet. It can be cut off and run again; there are few connectors. */
export async function rotateSecrets(database: Database, keyring: Keyring): Promise<SecretRotation> {
  return database.transaction(async (tx) => {
    const stored = await lockConnectorsOfOtherKeys(tx, keyring.currentKeyId);
    const readable = stored.filter(({ secretsKeyId }) => keyring.has(secretsKeyId ?? ''));
    for (const connector of readable) {
      await updateSecrets(tx, connector.id, sealSecrets(keyring, openSecrets(keyring, connector), connector.id));
    }
    const unreadable = stored.filter((connector) => !readable.includes(connector)).map(({ name }) => name);
    return { rotated: readable.length, unreadable };
  });
}
