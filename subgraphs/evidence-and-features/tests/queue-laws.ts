/** What holds for the queue whatever happened to its workers. */
import { expect } from '@jest/globals';
import type { Database } from '../../kernel/db/index.js';
import type { DocumentStore } from '../upload/index.js';
import { addDocument } from './queue-fixture.js';

/** Each document says so many different things. */
export const factsOfEach = 3;

export function makeDocument(n: number): string {
  return `# Part ${n}\n\n## Requirements\n\n- The part ${n} must fit.\n- The part ${n} must hold.\n\n## Constraints\n\n- The part ${n} weighs at most ${n} kg.\n`;
}

export interface QueueState {
  readonly unfinished: number;
  readonly failed: number;
  readonly completed: number;
  readonly documents: number;
  readonly facts: number;
  readonly embedded: number;
  readonly doubled: number;
  /** Jobs whose completion the audit trail does not have exactly once. */
  readonly notOnce: number;
  readonly linked: number;
  readonly lost: number;
  /** The longest that a job waited for its next worker, from the claim of the one that was lost (s). */
  readonly longestLossSeconds: number;
}

export async function readState(database: Database): Promise<QueueState> {
  const [state] = await database.query<QueueState & Record<string, unknown>>(`
    with claims as (
      select resource_id, timestamp, lead(timestamp) over (partition by resource_id order by timestamp, id) as next
      from traceability.audit_log where action = 'processingJobClaimed'
    )
    select
      (select count(*)::int4 from evidence.processing_jobs where status in ('pending', 'processing')) as unfinished,
      (select count(*)::int4 from evidence.processing_jobs where status = 'failed') as failed,
      (select count(*)::int4 from evidence.processing_jobs where status = 'completed') as completed,
      (select count(*)::int4 from evidence.documents where status = 'completed') as documents,
      (select count(*)::int4 from evidence.evidence) as facts,
      (select count(embedding)::int4 from evidence.evidence) as embedded,
      (select count(*)::int4 from (select from evidence.evidence group by content having count(*) > 1) twice) as doubled,
      (select count(*)::int4 from (
        select from evidence.processing_jobs j
        left join traceability.audit_log a on a.resource_id = j.id and a.action = 'processingJobCompleted'
        group by j.id having count(a.id) <> 1) job) as "notOnce",
      (select count(distinct evidence_id)::int4 from evidence.feature_evidence) as linked,
      (select count(*)::int4 from claims where next is not null) as lost,
      (select coalesce(extract(epoch from max(next - timestamp)), 0)::float8 from claims) as "longestLossSeconds"`);
  if (state === undefined) throw new Error('no state');
  return state;
}

export async function fill(database: Database, store: DocumentStore, documents: number): Promise<void> {
  const add = (n: number): Promise<unknown> =>
    addDocument(database, store, {
      filename: `${n}.md`,
      fileType: 'md',
      content: makeDocument(n),
      repository: `acme/part-${n % 20}`,
      maxRetries: 20,
    });
  for (let n = 0; n < documents; n += 10) {
    await Promise.all(Array.from({ length: Math.min(10, documents - n) }, (_, i) => add(n + i)));
  }
}

export async function expectLaws(database: Database, documents: number): Promise<void> {
  expect(await readState(database)).toMatchObject({
    unfinished: 0,
    failed: 0,
    completed: documents * 3,
    documents,
    facts: documents * factsOfEach,
    embedded: documents * factsOfEach,
    doubled: 0,
    notOnce: 0,
  });
}
