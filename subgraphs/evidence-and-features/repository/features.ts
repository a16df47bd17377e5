/** Features and their history: locked, changed, and every change noted with what was before and after. */
import { isDeepStrictEqual } from 'node:util';
import { sql, type Transaction } from '../../kernel/db/index.js';
import { userError } from '../../kernel/errors/index.js';
import type { WriteTransaction } from '../../kernel/write/index.js';
import type { FeatureChangeAction, FeatureStatus } from '../domain/feature-rules.js';

/** What can be changed in a feature, by the names that its history uses. */
export interface FeatureValues {
  readonly name: string;
  readonly description: string | null;
  readonly status: FeatureStatus;
  readonly reviewed_by: string | null;
  readonly parent_feature_id: string | null;
  readonly merged_into_id: string | null;
  readonly tags: readonly string[];
  readonly notes: string | null;
  readonly merged_from: readonly string[];
}

export interface LockedFeature extends FeatureValues {
  readonly id: string;
  readonly version: number;
}

/** Rows that exist, locked until the transaction ends, in the order of their keys: two who need the same never wait in a circle. */
export async function lockFeatures(tx: Transaction, ids: readonly string[]): Promise<Map<string, LockedFeature>> {
  const rows = await tx.query<LockedFeature>(sql`/* evidence.lockFeatures */
    select id, version, name, description, status, reviewed_by, parent_feature_id, merged_into_id,
      coalesce(metadata -> 'tags', '[]') as tags, metadata ->> 'notes' as notes,
      coalesce(metadata -> 'merged_from', '[]') as merged_from
    from evidence.features where id = any(${ids}::uuid[]) order by id for no key update`);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Throws NOT_FOUND, and CONFLICT for a feature that was merged into another: that one is to be changed instead. */
export async function lockFeature(tx: Transaction, id: string, field = 'featureId'): Promise<LockedFeature> {
  return presentFeature((await lockFeatures(tx, [id])).get(id), field);
}

export function presentFeature(feature: LockedFeature | undefined, field: string | readonly string[]): LockedFeature {
  if (feature === undefined) throw userError('NOT_FOUND', field, 'There is no such feature.');
  if (feature.merged_into_id === null) return feature;
  throw userError('CONFLICT', field, `It was merged into Feature:${feature.merged_into_id}: change that one.`);
}

/** Changes of the hierarchy take turns: two at once could each be right and make a circle together. */
export async function lockHierarchy(tx: Transaction): Promise<void> {
  await tx.query(sql`/* evidence.lockHierarchy */
    select pg_advisory_xact_lock(hashtextextended('evidence.featureHierarchy', 0))`);
}

/** The features that a feature is a part of, all the way up. A circle, which no change makes, would end here too. */
export async function listAncestors(tx: Transaction, id: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(sql`/* evidence.listAncestors */
    with recursive above as (
      select parent_feature_id as id from evidence.features where id = ${id}::uuid
      union
      select f.parent_feature_id from evidence.features f join above a on f.id = a.id
    )
    select id from above where id is not null`);
  return rows.map((row) => row.id);
}

export interface NewFeature {
  readonly name: string;
  readonly description: string | null;
  readonly confidenceScore: number | null;
  readonly tags: readonly string[];
  readonly parentFeatureId: string | null;
}

/** Confirmed by whoever makes it. */
export async function insertFeature(tx: Transaction, actor: string, feature: NewFeature): Promise<string> {
  const { name, description, confidenceScore, tags, parentFeatureId } = feature;
  const metadata = metadataOf({ tags, parent_feature_id: parentFeatureId, notes: null, merged_from: [] });
  const [row] = await tx.query<{ id: string }>(sql`/* evidence.insertFeature */
    insert into evidence.features (name, description, confidence_score, status, reviewed_at, reviewed_by, parent_feature_id, metadata)
    values (${name}, ${description}, ${confidenceScore}::numeric, 'confirmed', now(), ${actor}, ${parentFeatureId}::uuid,
      nullif(jsonb_strip_nulls(${sql.json(metadata)}::jsonb), '{}'))
    returning id`);
  if (row === undefined) throw new Error('a feature was not stored');
  return row.id;
}

/** The parts of the sources, except those that are merged themselves. */
export async function moveParts(
  tx: Transaction,
  targetId: string,
  sourceIds: readonly string[],
): Promise<{ id: string; from: string }[]> {
  return tx.query<{ id: string; from: string }>(sql`/* evidence.moveParts */
    with parts as (
      select id, parent_feature_id as "from" from evidence.features
      where parent_feature_id = any(${sourceIds}::uuid[]) and id <> all(${[targetId, ...sourceIds]}::uuid[])
      order by id for no key update
    )
    update evidence.features f set parent_feature_id = ${targetId}::uuid, version = version + 1,
      metadata = coalesce(metadata, '{}') || jsonb_build_object('parent_feature_id', ${targetId}::text)
    from parts where f.id = parts.id
    returning f.id, parts."from"`);
}

export interface FeatureEdit {
  readonly action: FeatureChangeAction;
  /** Of the audit trail and the feed, past tense. */
  readonly event: string;
  readonly values: Partial<FeatureValues>;
  /** Beside the values: what else was changed, such as links, and why. */
  readonly oldValues?: Readonly<Record<string, unknown>>;
  readonly newValues?: Readonly<Record<string, unknown>>;
  readonly isDecision?: boolean;
}

/** Stores a change of a locked feature, raises its version, and notes it. False when there was nothing to change. */
export async function editFeature(
  tx: WriteTransaction,
  actor: string,
  feature: LockedFeature,
  edit: FeatureEdit,
): Promise<boolean> {
  const names = (Object.keys(edit.values) as (keyof FeatureValues)[]).filter(
    (name) => !isDeepStrictEqual(edit.values[name], feature[name]),
  );
  if (names.length === 0 && edit.newValues === undefined && edit.isDecision !== true) return false;
  const after = { ...feature, ...edit.values };
  await tx.query(sql`/* evidence.editFeature */
    update evidence.features set name = ${after.name}, description = ${after.description}, status = ${after.status},
      reviewed_by = ${after.reviewed_by}, parent_feature_id = ${after.parent_feature_id}::uuid,
      reviewed_at = case when ${edit.isDecision === true} then now() else reviewed_at end,
      merged_into_id = ${after.merged_into_id}::uuid, version = version + 1,
      metadata = nullif((coalesce(metadata, '{}') - ${metadataNames}::text[]) || jsonb_strip_nulls(${sql.json(metadataOf(after))}::jsonb), '{}')
    where id = ${feature.id}::uuid`);
  const pick = (from: FeatureValues): Record<string, unknown> =>
    Object.fromEntries(names.map((name) => [name, from[name]]));
  await noteChanges(tx, actor, [
    {
      featureId: feature.id,
      action: edit.action,
      event: edit.event,
      oldValues: { ...pick(feature), ...edit.oldValues },
      newValues: { ...pick(after), ...edit.newValues },
    },
  ]);
  return true;
}

/** The part of a feature that its source document keeps as JSON; what is empty is left out. */
function metadataOf(values: Pick<FeatureValues, 'parent_feature_id' | 'tags' | 'notes' | 'merged_from'>) {
  const list = (of: readonly string[]): readonly string[] | null => (of.length === 0 ? null : of);
  return {
    parent_feature_id: values.parent_feature_id,
    tags: list(values.tags),
    notes: values.notes,
    merged_from: list(values.merged_from),
  };
}

const metadataNames = ['parent_feature_id', 'tags', 'notes', 'merged_from'];

export interface NotedChange {
  readonly featureId: string;
  readonly action: FeatureChangeAction;
  readonly event: string;
  readonly oldValues: Readonly<Record<string, unknown>> | null;
  readonly newValues: Readonly<Record<string, unknown>> | null;
}

/** The history of features, the audit trail and the feed; one statement for any number of changes. */
export async function noteChanges(tx: WriteTransaction, actor: string, changes: readonly NotedChange[]): Promise<void> {
  if (changes.length === 0) return;
  const json = (values: NotedChange['oldValues']): string | null =>
    values === null || Object.keys(values).length === 0 ? null : JSON.stringify(values);
  await tx.query(sql`/* evidence.noteFeatureChanges */
    insert into evidence.feature_audit (feature_id, action, changed_by, old_values, new_values)
    select r.feature_id, r.action, ${actor}, r.old_values, r.new_values
    from unnest(
      ${changes.map((change) => change.featureId)}::uuid[],
      ${changes.map((change) => change.action)}::text[],
      ${changes.map((change) => json(change.oldValues))}::jsonb[],
      ${changes.map((change) => json(change.newValues))}::jsonb[]
    ) as r(feature_id, action, old_values, new_values)`);
  tx.record(
    ...changes.map(({ featureId, event, oldValues, newValues }) => ({
      type: 'Feature',
      key: featureId,
      action: event,
      details: { old: oldValues ?? {}, new: newValues ?? {} },
    })),
  );
}
