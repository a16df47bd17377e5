/** Writes verifier/vectors anew, with keys that nobody keeps: `tsx tests/trail/make-vectors.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { RequestContext } from '../../subgraphs/kernel/context.js';
import type { Database, Queryable } from '../../subgraphs/kernel/db/index.js';
import {
  generateNoteKey,
  listCheckpoints,
  makeCheckpoint,
  parseNoteSigner,
} from '../../subgraphs/kernel/trail/index.js';
import { sealAuditTrail } from '../../subgraphs/kernel/write/index.js';
import { auditExport } from '../../subgraphs/platform/resolvers/auditExport.js';
import { openTestDatabase } from '../testkit/database.js';
import type { VectorCase } from './vectors.js';

const folder = new URL('../../verifier/vectors/', import.meta.url);
const signer = parseNoteSigner(generateNoteKey('vectors.example/audit'));
const other = parseNoteSigner(generateNoteKey('vectors.example/audit'));
const write = (name: string, text: string): void => writeFileSync(new URL(name, folder), text);

async function append(database: Database, entries: number, user: string): Promise<void> {
  await database.query(
    `insert into traceability.audit_log
       (timestamp, "user", action, resource_type, resource_id, payload_hash, entity_id, payload, repository)
     select '2026-01-01T00:00:00.123456Z'::timestamptz + n * interval '1 minute', $2, 'requirementApproved', 'Requirement',
       md5(n::text)::uuid, encode(sha256(convert_to(p, 'UTF8')), 'hex'), 'Requirement:' || md5(n::text)::uuid, p,
       case when n % 50 = 0 then 'acme/dosing' else 'acme/labels' end
     from generate_series(1, $1::int) n
     cross join lateral (select '{"title":[null,"Dose \\"' || n || '\\" µg"]}' as p) payload`,
    [entries, user],
  );
  await sealAuditTrail(database);
}

async function bundle(db: Queryable, repositoryId: string | null = null): Promise<string> {
  return (await auditExport(null, { repositoryId }, { db } as RequestContext)).text;
}

mkdirSync(folder, { recursive: true });
const [trail, fork] = [await openTestDatabase(), await openTestDatabase()];
try {
  await append(trail.database, 100, 'ann');
  await makeCheckpoint(trail.database, [signer]);
  write('size-100.ndjson', await bundle(trail.database));
  await append(trail.database, 160, 'ben');
  await makeCheckpoint(trail.database, [signer]);
  const [second, first] = await listCheckpoints(trail.database, 2);
  write('checkpoint-100.txt', first?.note ?? '');
  write('checkpoint-260.txt', second?.note ?? '');
  write('whole.ndjson', await bundle(trail.database));
  write('repository.ndjson', await bundle(trail.database, 'Repository:acme/dosing'));
  await append(fork.database, 260, 'eve');
  await makeCheckpoint(fork.database, [signer]);
  write('forked.ndjson', await bundle(fork.database));
} finally {
  await trail.close();
  await fork.close();
}
const outside = ['checkpoint-100.txt', 'checkpoint-260.txt'];
const key = signer.verifierKey;
const cases: VectorCase[] = [
  { name: 'a whole trail', bundle: 'whole.ndjson', checkpoints: outside, keys: [key], faults: [] },
  { name: 'a whole trail, with nothing from outside', bundle: 'whole.ndjson', checkpoints: [], keys: [], faults: [] },
  { name: 'one repository', bundle: 'repository.ndjson', checkpoints: outside, keys: [key], faults: [] },
  {
    name: 'an earlier state that is consistent with its time',
    bundle: 'size-100.ndjson',
    checkpoints: ['checkpoint-100.txt'],
    keys: [key],
    faults: [],
  },
  { name: 'a trail that was cut', bundle: 'size-100.ndjson', checkpoints: outside, keys: [key], faults: ['TRUNCATED'] },
  {
    name: 'a trail that was rewritten and signed',
    bundle: 'forked.ndjson',
    checkpoints: outside,
    keys: [key],
    faults: ['FORKED', 'FORKED'],
  },
  { name: 'the same with nothing from outside', bundle: 'forked.ndjson', checkpoints: [], keys: [key], faults: [] },
  {
    name: 'the key of somebody else',
    bundle: 'whole.ndjson',
    checkpoints: ['checkpoint-260.txt'],
    keys: [other.verifierKey],
    faults: ['CHECKPOINT_NOT_SIGNED', 'HEAD_NOT_SIGNED'],
  },
  {
    name: 'a changed entry',
    bundle: 'whole.ndjson',
    replace: { entry: 7, find: '"ann"', by: '"eve"' },
    checkpoints: outside,
    keys: [key],
    faults: ['ENTRY_CHANGED', 'FORKED'],
  },
  {
    name: 'a changed payload',
    bundle: 'repository.ndjson',
    replace: { entry: 49, find: 'Dose', by: 'Drug' },
    checkpoints: outside,
    keys: [key],
    faults: ['PAYLOAD_CHANGED'],
  },
  { name: 'an erased payload', bundle: 'repository.ndjson', erase: 49, checkpoints: outside, keys: [key], faults: [] },
  {
    name: 'an entry that is gone',
    bundle: 'whole.ndjson',
    drop: 7,
    checkpoints: [],
    keys: [key],
    faults: ['ENTRY_MISSING', 'ENTRY_MISSING'],
  },
  {
    name: 'a bundle that was cut off',
    bundle: 'whole.ndjson',
    keepLines: 100,
    checkpoints: [],
    keys: [key],
    faults: ['BUNDLE_CUT', 'ENTRY_MISSING'],
  },
];
write('cases.json', `${JSON.stringify(cases, null, 2)}\n`);
