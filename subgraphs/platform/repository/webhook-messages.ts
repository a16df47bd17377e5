/** Messages of webhooks: a row for each change and endpoint, claimed in order, and what came of each attempt. */
import { sql, type Database, type Queryable, type Transaction } from '../../kernel/db/index.js';
import { circuitRest, failuresToOpen } from '../domain/webhook-delivery.js';
import type { EndpointState } from './webhook-endpoints.js';

export interface NewMessage {
  readonly position: number;
  readonly type: string;
  readonly id: string;
  readonly action: string;
  readonly repository: string | null;
  readonly occurredAt: string;
}

/**
 * Moves the endpoint's cursor and writes the messages of what it has passed, in one statement. False when another process was
 * first, or the endpoint was saved meanwhile: then nothing is written.
 */
export async function advanceEndpoint(
  db: Queryable,
  { id, position, revision }: EndpointState,
  { next, messages }: { readonly next: number; readonly messages: readonly NewMessage[] },
): Promise<boolean> {
  const [row] = await db.query<{ moved: boolean }>(sql`/* platform.advanceWebhookEndpoint */
    with moved as (
      update platform.webhook_endpoints set position = ${next}::int8
      where id = ${id}::uuid and position = ${position}::int8 and revision = ${revision}::int4 and status = 'ACTIVE'
      returning id
    ), written as (
      insert into platform.webhook_messages (endpoint_id, position, entity_type, entity_id, action, repository, occurred_at)
      select moved.id, e.position, e.entity_type, e.entity_id, e.action, e.repository, e.occurred_at
      from moved cross join unnest(
        ${messages.map((message) => message.position)}::int8[],
        ${messages.map(({ type }) => type)}::text[],
        ${messages.map((message) => message.id)}::text[],
        ${messages.map(({ action }) => action)}::text[],
        ${messages.map(({ repository }) => repository)}::text[],
        ${messages.map(({ occurredAt }) => occurredAt)}::timestamptz[]
      ) as e (position, entity_type, entity_id, action, repository, occurred_at)
      on conflict (endpoint_id, position) do nothing
    )
    select exists (select 1 from moved) as moved`);
  return row?.moved ?? false;
}

export interface ClaimedMessage {
  readonly id: string;
  readonly leaseToken: string;
  /** This one's number, from 1. */
  readonly attempt: number;
  readonly position: number;
  readonly type: string;
  readonly entityId: string;
  readonly action: string;
  readonly repository: string | null;
  readonly occurredAt: string;
  readonly endpointId: string;
  readonly url: string;
  readonly documentId: string | null;
  readonly owner: string;
  readonly scopes: readonly string[];
  readonly secret: string;
  readonly secretKeyId: string;
  /** Null when there is none, or its time is over. */
  readonly previousSecret: string | null;
  readonly previousSecretKeyId: string | null;
}

export interface ClaimRequest {
  readonly limit: number;
  /** Messages of one endpoint under way at a time. */
  readonly perEndpoint: number;
  readonly leaseSeconds: number;
}

/**
 * The oldest messages that are due, of each entity only the first that waits: so the next is sent when this one is delivered or
 * dead. An endpoint that has failed too often in a row gets one message at a time, after its rest.
 */
export function claimMessages(
  db: Queryable,
  { limit, perEndpoint, leaseSeconds }: ClaimRequest,
): Promise<ClaimedMessage[]> {
  return db.query<ClaimedMessage>(sql`/* platform.claimWebhookMessages */
    with open as materialized (
      select e.id, greatest(0, case when e.consecutive_failures >= ${failuresToOpen}::int4 then 1 else ${perEndpoint}::int4 end - (
        select count(*) from platform.webhook_messages m where m.endpoint_id = e.id and m.lease_until > now())) as room
      from platform.webhook_endpoints e
      where e.status = 'ACTIVE' and (e.circuit_open_until is null or e.circuit_open_until <= now())
    ), due as (
      select found.id from open cross join lateral (
        select m.id, m.position from platform.webhook_messages m
        where m.endpoint_id = open.id and m.status = 'PENDING' and m.next_attempt_at <= now()
          and (m.lease_until is null or m.lease_until <= now())
          and not exists (select 1 from platform.webhook_messages earlier
            where earlier.endpoint_id = m.endpoint_id and earlier.entity_id = m.entity_id and earlier.status = 'PENDING'
              and earlier.position < m.position)
        order by m.position limit open.room for update of m skip locked
      ) as found
      order by found.position limit ${limit}::int4
    )
    update platform.webhook_messages m set lease_token = gen_random_uuid(), attempts = m.attempts + 1,
      lease_until = now() + make_interval(secs => ${leaseSeconds})
    from platform.webhook_endpoints e
    where m.id in (select id from due) and e.id = m.endpoint_id
    returning m.id, m.lease_token as "leaseToken", m.attempts as attempt, m.position, m.entity_type as type,
      m.entity_id as "entityId", m.action, m.repository, m.occurred_at as "occurredAt", e.id as "endpointId", e.url,
      e.document_id as "documentId", e.owner, e.scopes, e.secret, e.secret_key_id as "secretKeyId",
      case when e.previous_secret_until > now() then e.previous_secret end as "previousSecret",
      case when e.previous_secret_until > now() then e.previous_secret_key_id end as "previousSecretKeyId"`);
}

export interface AttemptNote {
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly httpStatus: number | null;
  readonly answer: string | null;
  readonly error: string | null;
}

type Leased = Pick<ClaimedMessage, 'id' | 'leaseToken' | 'attempt' | 'endpointId'>;

/** Nothing happens when the lease is over: then somebody else has it. */
export async function storeDelivered(db: Queryable, message: Leased, note: AttemptNote): Promise<void> {
  await db.query(sql`/* platform.storeWebhookDelivered */
    with done as (
      update platform.webhook_messages set status = 'DELIVERED', finished_at = now(), lease_token = null, lease_until = null,
        last_error = null
      where id = ${message.id}::uuid and lease_token = ${message.leaseToken}::uuid returning id
    ), noted as (${insertAttempt(message, note)})
    update platform.webhook_endpoints set consecutive_failures = 0, circuit_open_until = null
    where id = ${message.endpointId}::uuid and consecutive_failures > 0 and exists (select 1 from done)`);
}

export interface Failure {
  /** Null: a dead letter. */
  readonly retryInMs: number | null;
  /** Whether it was the endpoint's fault, and not ours. */
  readonly isTheirs: boolean;
}

/** True when the message was still this worker's. */
export async function storeFailed(
  db: Queryable,
  message: Leased,
  note: AttemptNote,
  { retryInMs, isTheirs }: Failure,
): Promise<boolean> {
  const isDead = retryInMs === null;
  const rows = await db.query(sql`/* platform.storeWebhookFailed */
    with done as (
      update platform.webhook_messages set status = ${isDead ? 'DEAD' : 'PENDING'}, lease_token = null, lease_until = null,
        finished_at = case when ${isDead} then now() end, last_error = ${note.error}::text,
        next_attempt_at = now() + make_interval(secs => ${(retryInMs ?? 0) / 1_000})
      where id = ${message.id}::uuid and lease_token = ${message.leaseToken}::uuid returning id
    ), noted as (${insertAttempt(message, note)}), counted as (
      -- What was under way when the circuit opened says nothing new.
      update platform.webhook_endpoints set consecutive_failures = consecutive_failures + 1,
        circuit_open_until = case when consecutive_failures + 1 >= ${failuresToOpen}::int4 then now() + (0.5 + random() / 2)
          * least(${circuitRest.longestMs}::float8, ${circuitRest.firstMs}::float8
            * 2 ^ least(consecutive_failures + 1 - ${failuresToOpen}::int4, 30)) * interval '1 millisecond' end
      where id = ${message.endpointId}::uuid and ${isTheirs}::boolean and exists (select 1 from done)
        and (circuit_open_until is null or circuit_open_until <= now())
    )
    select 1 from done`);
  return rows.length > 0;
}

function insertAttempt({ attempt }: Leased, note: AttemptNote) {
  const { startedAt, durationMs, httpStatus, answer, error } = note;
  return sql`insert into platform.webhook_attempts (message_id, number, started_at, duration_ms, http_status, answer, error)
    select id, ${attempt}::int4, ${startedAt}::timestamptz, ${durationMs}::int4, ${httpStatus}::int4, ${answer}::text,
      ${error}::text from done`;
}

/** Puts a claim back that was not tried; its attempt does not count. */
export async function releaseMessage(db: Queryable, message: Leased): Promise<void> {
  await db.query(sql`/* platform.releaseWebhookMessage */
    update platform.webhook_messages set lease_token = null, lease_until = null, attempts = attempts - 1
    where id = ${message.id}::uuid and lease_token = ${message.leaseToken}::uuid`);
}

/** Dead letters of the endpoint that wait again; all, or those named. */
export async function reopenDeadMessages(
  tx: Transaction,
  { endpointId, ids, limit }: { endpointId: string; ids: readonly string[] | null; limit: number },
): Promise<number> {
  const rows = await tx.query(sql`/* platform.reopenDeadWebhookMessages */
    update platform.webhook_messages set status = 'PENDING', attempts = 0, next_attempt_at = now(), finished_at = null
    where id in (select id from platform.webhook_messages
      where endpoint_id = ${endpointId}::uuid and status = 'DEAD' and (${ids}::uuid[] is null or id = any(${ids}::uuid[]))
      order by position limit ${limit}::int4 for update)
    returning true`);
  return rows.length;
}

/** Removes what was finished before `olderThan`, with its history. */
export async function expireMessages(database: Database, olderThan: Date): Promise<void> {
  await database.query(sql`/* platform.expireWebhookMessages */
    delete from platform.webhook_messages where finished_at < ${olderThan}::timestamptz`);
}
