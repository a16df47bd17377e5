/** What a feature and its links may be, and where its review can go. */
import { userError } from '../../kernel/errors/index.js';

export const featureStatuses = ['CANDIDATE', 'CONFIRMED', 'REJECTED'] as const;
export type FeatureStatus = Lowercase<(typeof featureStatuses)[number]>;

export const featureChangeActions = ['CREATED', 'UPDATED', 'CONFIRMED', 'REJECTED', 'MERGED'] as const;
export type FeatureChangeAction = Lowercase<(typeof featureChangeActions)[number]>;

export const relationshipTypes = ['IMPLEMENTS', 'SUPPORTS', 'CONSTRAINS', 'EXTENDS'] as const;
export type RelationshipType = Lowercase<(typeof relationshipTypes)[number]>;

/** Confirmed again: by a reviewer, what inference was sure of itself. */
export const reviewTransitions: Readonly<Record<FeatureStatus, readonly FeatureStatus[]>> = {
  candidate: ['confirmed', 'rejected'],
  confirmed: ['confirmed', 'rejected'],
  rejected: ['confirmed'],
};

export const limits = {
  name: 200,
  description: 10_000,
  notes: 10_000,
  reason: 2_000,
  tag: 50,
  tags: 50,
  mergedAtOnce: 50,
  splitAtOnce: 500,
  linkedAtOnce: 500,
} as const;

type Field = string | readonly string[];

/** Control characters but tab and line ends, and halves of surrogate pairs: PostgreSQL or a reader can't take them. */
const unfit = /(?![\t\n\r])\p{Cc}|\p{Surrogate}/u;

/** Throws VALIDATION unless `text` has 1 to `max` characters that a text may have. */
export function assertText(field: Field, text: string, max: number): void {
  if (text.trim() === '' || text.length > max) throw userError('VALIDATION', field, `Expected 1 to ${max} characters.`);
  if (unfit.test(text)) {
    throw userError('VALIDATION', field, 'Control characters and halves of characters are not allowed.');
  }
}

/** Throws VALIDATION unless it is 0 to 1, which is what a confidence or a strength can be. */
export function assertShare(field: Field, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw userError('VALIDATION', field, 'Expected 0 to 1.');
}

/** Throws VALIDATION unless there are 1 to `max`. */
export function assertCount(field: Field, list: readonly unknown[], max: number): void {
  if (list.length >= 1 && list.length <= max) return;
  throw userError('VALIDATION', field, `Expected 1 to ${max}, got ${list.length}.`);
}

export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** The tags after a change, each once, in the order in which they were given. Throws VALIDATION. */
export function changeTags(tags: readonly string[], { add, remove }: TagChange, field = 'add'): string[] {
  add.forEach((tag, index) => assertText([field, String(index)], tag, limits.tag));
  const removed = new Set(remove.map((tag) => tag.trim()));
  const kept = [...new Set([...tags, ...add.map((tag) => tag.trim())])].filter((tag) => !removed.has(tag));
  if (kept.length > limits.tags) throw userError('VALIDATION', field, `A feature may have ${limits.tags} tags.`);
  return kept;
}

/** Throws VALIDATION when a feature would be merged into itself or into a part of itself. */
export function assertMergeable(input: {
  readonly targetId: string;
  readonly sourceIds: readonly string[];
  /** Of the target, all the way up. */
  readonly ancestorIds: readonly string[];
}): void {
  const { targetId, sourceIds, ancestorIds } = input;
  sourceIds.forEach((id, index) => {
    const at = ['sourceFeatureIds', String(index)];
    if (id === targetId) throw userError('VALIDATION', at, 'A feature can not be merged into itself.');
    if (sourceIds.indexOf(id) !== index) throw userError('VALIDATION', at, 'This feature is named twice.');
    if (ancestorIds.includes(id))
      throw userError('VALIDATION', at, 'A feature can not be merged into a part of itself.');
  });
}

/** Throws VALIDATION when a feature would become a part of itself. */
export function assertParent(featureId: string, parentId: string, ancestorsOfParent: readonly string[]): void {
  if (parentId !== featureId && !ancestorsOfParent.includes(featureId)) return;
  throw userError('VALIDATION', 'parentFeatureId', 'A feature can not be a part of itself.');
}
