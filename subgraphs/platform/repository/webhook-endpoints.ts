/** Endpoints of webhooks: what they want, with whose eyes, and their encrypted secrets. */
import { sql, type Database, type Queryable, type Transaction } from '../../kernel/db/index.js';
import type { Keyring } from '../../kernel/encryption/index.js';
import type { WebhookStatus } from '../domain/webhook-delivery.js';

export interface EndpointFilter {
  /** Null asks nothing. */
  readonly types: readonly string[] | null;
  readonly actions: readonly string[] | null;
  readonly repository: string | null;
}

export interface EndpointState extends EndpointFilter {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly status: WebhookStatus;
  readonly documentId: string | null;
  readonly owner: string;
  readonly scopes: readonly string[];
  /** Every change up to here has its message, or none is wanted. */
  readonly position: number;
  readonly revision: number;
}

const columns = sql`id, name, url, status, types, actions, repository, document_id as "documentId", owner, scopes, position, revision`;

/** Two that save the same name at once take turns; a lock of its row alone would find none to take. */
export async function lockEndpointByName(tx: Transaction, name: string): Promise<EndpointState | null> {
  await tx.query(sql`/* platform.lockWebhookName */
    select pg_advisory_xact_lock(hashtextextended('platform.webhook/' || ${name}::text, 0))`);
  const [row] = await tx.query<EndpointState>(sql`/* platform.lockWebhookByName */
    select ${columns} from platform.webhook_endpoints where name = ${name} for no key update`);
  return row ?? null;
}

export async function lockEndpoint(tx: Transaction, id: string): Promise<EndpointState | null> {
  const [row] = await tx.query<EndpointState>(sql`/* platform.lockWebhookEndpoint */
    select ${columns} from platform.webhook_endpoints where id = ${id}::uuid for no key update`);
  return row ?? null;
}

export interface SealedSecret {
  readonly text: string;
  readonly keyId: string;
}

/** A ciphertext that is copied to another endpoint does not open there. */
export function ownerOfSecret(id: string): string {
  return `webhook endpoint ${id}`;
}

export async function insertEndpoint(
  tx: Transaction,
  endpoint: Omit<EndpointState, 'revision'>,
  secret: SealedSecret,
): Promise<void> {
  await tx.query(sql`/* platform.insertWebhookEndpoint */
    insert into platform.webhook_endpoints
      (id, name, url, status, types, actions, repository, document_id, owner, scopes, secret, secret_key_id, position)
    values (${endpoint.id}::uuid, ${endpoint.name}, ${endpoint.url}, ${endpoint.status}, ${endpoint.types}::text[],
      ${endpoint.actions}::text[], ${endpoint.repository}::text, ${endpoint.documentId}::text, ${endpoint.owner},
      ${endpoint.scopes}::text[], ${secret.text}, ${secret.keyId}, ${endpoint.position}::int8)`);
}

/** A save closes the circuit: whoever saved wants it tried. */
export async function updateEndpoint(tx: Transaction, endpoint: Omit<EndpointState, 'revision'>): Promise<void> {
  await tx.query(sql`/* platform.updateWebhookEndpoint */
    update platform.webhook_endpoints set url = ${endpoint.url}, status = ${endpoint.status},
      types = ${endpoint.types}::text[], actions = ${endpoint.actions}::text[], repository = ${endpoint.repository}::text,
      document_id = ${endpoint.documentId}::text, scopes = ${endpoint.scopes}::text[], position = ${endpoint.position}::int8,
      revision = revision + 1, consecutive_failures = 0, circuit_open_until = null, updated_at = now()
    where id = ${endpoint.id}::uuid`);
}

export async function replaceSecret(
  tx: Transaction,
  { id, secret, overlapSeconds }: { id: string; secret: SealedSecret; overlapSeconds: number },
): Promise<void> {
  const isKept = overlapSeconds > 0;
  await tx.query(sql`/* platform.replaceWebhookSecret */
    update platform.webhook_endpoints set
      previous_secret = case when ${isKept} then secret end,
      previous_secret_key_id = case when ${isKept} then secret_key_id end,
      previous_secret_until = case when ${isKept} then now() + make_interval(secs => ${overlapSeconds}) end,
      secret = ${secret.text}, secret_key_id = ${secret.keyId}, updated_at = now()
    where id = ${id}::uuid`);
}

export async function deleteEndpoint(tx: Transaction, id: string): Promise<void> {
  await tx.query(
    sql`/* platform.deleteWebhookEndpoint */ delete from platform.webhook_endpoints where id = ${id}::uuid`,
  );
}

export async function setEndpointStatus(tx: Transaction, id: string, status: WebhookStatus): Promise<boolean> {
  const changed = await tx.query(sql`/* platform.setWebhookStatus */
    update platform.webhook_endpoints set status = ${status}, revision = revision + 1, updated_at = now()
    where id = ${id}::uuid and status <> ${status} returning true`);
  return changed.length > 0;
}

/** More is left in the feed until some of it has gone. */
const mostWaiting = 10_000;

/** Active endpoints that have not been given everything up to `horizon`, those furthest behind first. */
export function listEndpointsBehind(db: Queryable, horizon: number): Promise<EndpointState[]> {
  return db.query<EndpointState>(sql`/* platform.listWebhookEndpointsBehind */
    select ${columns} from platform.webhook_endpoints e
    where e.status = 'ACTIVE' and e.position < ${horizon}::int8
      and (select count(*) from (select 1 from platform.webhook_messages m
        where m.endpoint_id = e.id and m.status = 'PENDING' limit ${mostWaiting}) waiting) < ${mostWaiting}
    order by e.position limit 50`);
}

interface StoredSecrets {
  readonly id: string;
  readonly name: string;
  readonly secret: string;
  readonly secretKeyId: string;
  readonly previousSecret: string | null;
  readonly previousSecretKeyId: string | null;
}

/** Encrypts all secrets under the current key that are not yet. It can be cut off and run again; there are few endpoints. */
export async function rotateWebhookSecrets(
  database: Database,
  keyring: Keyring,
): Promise<{ rotated: number; unreadable: string[] }> {
  return database.transaction(async (tx) => {
    const { currentKeyId } = keyring;
    const stored = await tx.query<StoredSecrets>(sql`/* platform.lockWebhookSecretsOfOldKeys */
      select id, name, secret, secret_key_id as "secretKeyId", previous_secret as "previousSecret",
        previous_secret_key_id as "previousSecretKeyId"
      from platform.webhook_endpoints
      where secret_key_id <> ${currentKeyId} or previous_secret_key_id <> ${currentKeyId} order by id for no key update`);
    const unreadable: string[] = [];
    for (const row of stored) {
      const secret = reseal(keyring, row.id, { text: row.secret, keyId: row.secretKeyId });
      if (secret === null) unreadable.push(row.name);
      const { previousSecret: text, previousSecretKeyId: keyId } = row;
      // One that can't be opened any more can't sign either.
      const previous = text === null || keyId === null ? null : reseal(keyring, row.id, { text, keyId });
      await tx.query(sql`/* platform.storeRotatedWebhookSecret */
        update platform.webhook_endpoints set secret = ${secret?.text ?? row.secret},
          secret_key_id = ${secret?.keyId ?? row.secretKeyId}, previous_secret = ${previous?.text ?? null}::text,
          previous_secret_key_id = ${previous?.keyId ?? null}::text,
          previous_secret_until = case when ${previous !== null} then previous_secret_until end
        where id = ${row.id}::uuid`);
    }
    return { rotated: stored.length - unreadable.length, unreadable };
  });
}

function reseal(keyring: Keyring, id: string, sealed: SealedSecret): SealedSecret | null {
  if (sealed.keyId === keyring.currentKeyId) return sealed;
  if (!keyring.has(sealed.keyId)) return null;
  return keyring.seal(keyring.open(sealed, ownerOfSecret(id)), ownerOfSecret(id));
}
