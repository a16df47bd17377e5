/** What somebody who rules the database can do to the audit trail, as statements: without the guards, which they take away first. */

/** Entries behind the two checkpoints that are kept outside, and what is sealed after them. */
export const sizes = { first: 300, second: 600, sealed: 620 } as const;

const entryOf = (sequence: number): string =>
  `(select audit_id from traceability.audit_seals where sequence = ${sequence})`;
const change = (assignment: string, sequence = 100): string =>
  `update traceability.audit_log set ${assignment} where id = ${entryOf(sequence)}`;
const forgetTree = 'delete from traceability.audit_tiles';
/** The leaves and the tiles of what the log says now. */
const rehash = `update traceability.audit_seals s set leaf_hash = traceability.audit_leaf_hash(a)
  from traceability.audit_log a where a.id = s.audit_id`;
const regrow = `${forgetTree}; select traceability.extend_audit_tree((select coalesce(max(sequence), 0) from traceability.audit_seals))`;
/** Chain and tree over what the log says now, in its order: what the product itself would have made of it. */
const rewrite = `delete from traceability.audit_seals; ${forgetTree}; delete from traceability.audit_checkpoints;
  select traceability.seal_audit_log(100000)`;
const cutTo = (size: number): string =>
  `create temporary table cut on commit drop as select audit_id from traceability.audit_seals where sequence > ${size};
   delete from traceability.audit_seals where sequence > ${size};
   delete from traceability.audit_log where id in (select audit_id from cut)`;
const cutCheckpoints = (size: number): string => `delete from traceability.audit_checkpoints where size > ${size}`;
/** Among the entries of the first transaction. */
const insert = (entries: number, action: string): string =>
  `insert into traceability.audit_log ("user", action, resource_type, resource_id, payload_hash, entity_id, repository, xid)
   select 'eve', '${action}', 'Thing', gen_random_uuid(), repeat('0', 64), 'Thing:' || n, 'acme/api', (select min(xid) from traceability.audit_log)
   from generate_series(1, ${entries}) n`;
/** As transactions of now. */
const append = (entries: number, action: string): string =>
  insert(entries, action).replace(
    '(select min(xid) from traceability.audit_log)',
    `(select max(xid) from traceability.audit_log)`,
  );
const sealAgain = 'select traceability.seal_audit_log(100000)';

export interface Manipulation {
  readonly name: string;
  readonly sql: string;
  /** Then a checkpoint of what there is, signed by the server's own key, as if nothing had been; or by a key of the attacker. */
  readonly signs?: 'own key' | 'other key';
  /** Only the entries of one repository are exported. */
  readonly scope?: { readonly repositoryId: string };
  /** The first fault that the verifier names, with the two checkpoints from outside and the log's key. */
  readonly found: string;
  /** And with neither: null is nothing. */
  readonly foundAlone: string | null;
}

export const manipulations: readonly Manipulation[] = [
  {
    name: "Change an entry's user",
    sql: change(`"user" = 'eve'`),
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: "Change an entry's action",
    sql: change(`action = 'nothing'`),
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: 'Back-date an entry',
    sql: change(`timestamp = timestamp - interval '1 day'`),
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: 'Move an approval to another record',
    sql: change(`entity_id = 'Thing:other'`),
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: 'Move an entry to another repository',
    sql: change(`repository = 'acme/web'`),
    scope: { repositoryId: 'Repository:acme/web' },
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: 'Put an entry down to another request',
    sql: change(`request_id = 'other'`),
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: 'Change what was done, with its hash',
    sql: change(
      `payload = '{"status":["DRAFT","APPROVED"]}', payload_hash = encode(sha256('{"status":["DRAFT","APPROVED"]}'), 'hex')`,
    ),
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: 'Change what was done, and leave its hash',
    sql: `alter table traceability.audit_log drop constraint audit_log_check; ${change(`payload = '{}'`)}`,
    found: 'PAYLOAD_CHANGED',
    foundAlone: 'PAYLOAD_CHANGED',
  },
  {
    name: 'Change an entry and its leaf',
    sql: `${change(`"user" = 'eve'`)}; ${rehash}`,
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: 'Change an entry, its leaf and its tile',
    sql: `${change(`"user" = 'eve'`)}; ${rehash}; update traceability.audit_tiles t set hashes = (select string_agg(leaf_hash, ''::bytea order by sequence) from traceability.audit_seals where sequence between 1 and 256) where level = 0 and tile = 0`,
    found: 'TREE_CHANGED',
    foundAlone: 'TREE_CHANGED',
  },
  {
    name: 'Change an entry and make the tree anew',
    sql: `${change(`"user" = 'eve'`)}; ${rehash}; ${regrow}`,
    found: 'HEAD_NOT_SIGNED',
    foundAlone: 'HEAD_NOT_SIGNED',
  },
  {
    name: 'Delete an entry',
    sql: `delete from traceability.audit_log where id = ${entryOf(100)}`,
    found: 'ENTRY_MISSING',
    foundAlone: 'ENTRY_MISSING',
  },
  {
    name: 'Delete an entry and its link',
    sql: `create temporary table gone on commit drop as select ${entryOf(100)} as id; delete from traceability.audit_seals where sequence = 100; delete from traceability.audit_log where id in (select id from gone)`,
    found: 'ENTRY_MISSING',
    foundAlone: 'ENTRY_MISSING',
  },
  {
    name: 'Delete an entry and close the gap',
    sql: `create temporary table gone on commit drop as select ${entryOf(100)} as id; delete from traceability.audit_seals where sequence = 100; delete from traceability.audit_log where id in (select id from gone); alter table traceability.audit_seals drop constraint audit_seals_sequence_check; update traceability.audit_seals set sequence = -sequence where sequence > 100; update traceability.audit_seals set sequence = -sequence - 1 where sequence < 0`,
    found: 'HEAD_NOT_SIGNED',
    foundAlone: 'HEAD_NOT_SIGNED',
  },
  {
    name: 'Swap two entries',
    sql: `alter table traceability.audit_seals drop constraint audit_seals_audit_id_key; update traceability.audit_seals set audit_id = case sequence when 100 then ${entryOf(101)} else ${entryOf(100)} end where sequence in (100, 101)`,
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: 'Swap two entries and make the tree anew',
    sql: `alter table traceability.audit_seals drop constraint audit_seals_audit_id_key; update traceability.audit_seals set audit_id = case sequence when 100 then ${entryOf(101)} else ${entryOf(100)} end where sequence in (100, 101); ${rehash}; ${regrow}`,
    found: 'HEAD_NOT_SIGNED',
    foundAlone: 'HEAD_NOT_SIGNED',
  },
  { name: 'Cut off the last 50 entries', sql: cutTo(550), found: 'TRAIL_BROKEN', foundAlone: 'TRAIL_BROKEN' },
  {
    name: 'Cut off the last entries and the newer checkpoint',
    sql: `${cutTo(550)}; ${cutCheckpoints(300)}`,
    found: 'TRUNCATED',
    foundAlone: null,
  },
  {
    name: 'Cut off the last entries and sign what is left',
    sql: `${cutTo(550)}; ${cutCheckpoints(300)}`,
    signs: 'own key',
    found: 'TRUNCATED',
    foundAlone: null,
  },
  {
    name: 'Empty the trail',
    sql: `${cutTo(0)}; ${forgetTree}; ${cutCheckpoints(0)}`,
    found: 'TRUNCATED',
    foundAlone: null,
  },
  {
    name: 'Insert an entry into the past and rewrite all',
    sql: `${insert(1, 'invented')}; ${rewrite}`,
    signs: 'own key',
    found: 'FORKED',
    foundAlone: null,
  },
  {
    name: 'Change an entry and rewrite all',
    sql: `${change(`"user" = 'eve'`)}; ${rewrite}`,
    signs: 'own key',
    found: 'FORKED',
    foundAlone: null,
  },
  {
    name: 'Change an entry, rewrite all, sign with another key',
    sql: `${change(`"user" = 'eve'`)}; ${rewrite}`,
    signs: 'other key',
    found: 'HEAD_NOT_SIGNED',
    foundAlone: null,
  },
  {
    name: 'Change the last entry and rewrite all',
    sql: `${change(`"user" = 'eve'`, 600)}; ${rewrite}`,
    signs: 'own key',
    found: 'FORKED',
    foundAlone: null,
  },
  {
    name: 'Restore an old backup',
    sql: `${cutTo(310)}; ${cutCheckpoints(300)}; delete from traceability.audit_tiles where tile >= 1 and level = 0`,
    found: 'TRUNCATED',
    foundAlone: null,
  },
  {
    name: 'Restore an old backup and write on from there',
    sql: `${cutTo(310)}; ${cutCheckpoints(300)}; delete from traceability.audit_tiles where tile >= 1 and level = 0; ${append(400, 'later')}; ${sealAgain}`,
    signs: 'own key',
    found: 'FORKED',
    foundAlone: null,
  },
  {
    name: 'Fork after the first checkpoint',
    sql: `${change(`"user" = 'eve'`, 301)}; ${rehash}; ${regrow}; ${cutCheckpoints(300)}`,
    signs: 'own key',
    found: 'FORKED',
    foundAlone: null,
  },
  { name: 'Take the newer checkpoint away', sql: cutCheckpoints(300), found: 'TRUNCATED', foundAlone: null },
  {
    name: "Change a checkpoint's root",
    sql: `update traceability.audit_checkpoints set note = regexp_replace(note, '\\n[A-Za-z0-9+/]{43}=\\n', E'\\n' || repeat('A', 43) || E'=\\n') where size = 600`,
    found: 'HEAD_NOT_SIGNED',
    foundAlone: 'HEAD_NOT_SIGNED',
  },
  {
    name: "Change a checkpoint's signature",
    sql: `update traceability.audit_checkpoints set note = left(note, -10) || 'AAAAAAAA' || right(note, 2) where size = 600`,
    found: 'HEAD_NOT_SIGNED',
    foundAlone: null,
  },
  {
    name: 'Replace the function that says what an entry is',
    sql: `create or replace function traceability.audit_leaf(entry traceability.audit_log) returns text language sql stable as $$ select json_build_array('weft.audit.v1', entry.id, (extract(epoch from entry.timestamp) * 1000000)::bigint::text, 'eve', entry.action, entry.resource_type, entry.resource_id, entry.entity_id, entry.payload_hash, entry.repository, entry.request_id, entry.position::text, entry.xid::text)::text $$`,
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: 'Replace the function that hashes leaves',
    sql: `create or replace function traceability.audit_leaf_hash(entry traceability.audit_log) returns bytea language sql stable as $$ select sha256(convert_to(entry.id::text, 'UTF8')) $$; ${rehash}; ${regrow}`,
    found: 'HEAD_NOT_SIGNED',
    foundAlone: 'HEAD_NOT_SIGNED',
  },
  {
    name: 'Replace the functions of the chain and rewrite the chain',
    sql: `create or replace function traceability.verify_audit_chain(from_sequence bigint default 1, to_sequence bigint default null) returns table (sequence bigint, audit_id uuid, reason text) language sql stable as $$ select null::bigint, null::uuid, null::text where false $$; ${change(`"user" = 'eve'`)}; update traceability.audit_seals set entry_hash = repeat('a', 64)`,
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
  {
    name: 'Replace the trigger that refuses changes',
    sql: `drop trigger refuse_change on traceability.audit_log; ${change(`action = 'nothing'`)}`,
    found: 'ENTRY_CHANGED',
    foundAlone: 'ENTRY_CHANGED',
  },
];

export interface FileManipulation {
  readonly name: string;
  readonly edit: (lines: readonly string[]) => readonly string[];
  readonly found: string;
}

const at = (lines: readonly string[], entry: number): number =>
  lines.findIndex((line) => line.startsWith(`{"entry":${entry},`));

/** What somebody can do to the bundle on its way. All are found without anything from outside. */
export const fileManipulations: readonly FileManipulation[] = [
  { name: 'Cut the bundle off', edit: (lines) => lines.slice(0, -30), found: 'BUNDLE_CUT' },
  {
    name: 'Take an entry out of the bundle',
    edit: (lines) => lines.toSpliced(at(lines, 42), 1),
    found: 'ENTRY_MISSING',
  },
  {
    name: 'Swap two lines of the bundle',
    edit: (lines) => lines.toSpliced(at(lines, 42), 2, lines[at(lines, 43)] ?? '', lines[at(lines, 42)] ?? ''),
    found: 'ENTRY_MISSING',
  },
  {
    name: 'Repeat an entry in the bundle',
    edit: (lines) => lines.toSpliced(at(lines, 42), 0, lines[at(lines, 42)] ?? ''),
    found: 'REORDERED',
  },
  {
    name: 'Give an entry the place of another',
    edit: (lines) => lines.with(at(lines, 42), (lines[at(lines, 43)] ?? '').replace('"entry":43', '"entry":42')),
    found: 'ENTRY_CHANGED',
  },
  {
    name: 'Write on after the end',
    edit: (lines) => [...lines, lines[at(lines, 42)] ?? ''],
    found: 'BUNDLE_MALFORMED',
  },
  {
    name: 'Edit a tile',
    edit: (lines) =>
      lines.map((line) => (line.startsWith('{"tile":[0,1]') ? line.replace(/.{8}"}$/, 'AAAAAAA="}') : line)),
    found: 'TREE_CHANGED',
  },
];
