/** What reviewers say about a feature: its name and description, tags, and notes. */
import type { Writer } from '../../../kernel/write/index.js';
import { assertText, changeTags, limits, type TagChange } from '../../domain/feature-rules.js';
import { changeFeature, type FeatureChange, type FeaturePayload } from './change-feature.js';

type Target = Pick<FeatureChange, 'featureId' | 'expectedVersion'>;

export interface FeatureTexts {
  readonly name?: string | null;
  readonly description?: string | null;
}

/** What is left out stays. */
export function updateFeature(
  writer: Writer,
  target: Target,
  { name, description }: FeatureTexts,
): Promise<FeaturePayload> {
  return changeFeature(writer, { operation: 'featureUpdate', ...target }, () => {
    if (name != null) assertText('name', name, limits.name);
    if (description != null) assertText('description', description, limits.description);
    return {
      action: 'updated',
      event: 'featureUpdated',
      values: { ...(name != null && { name: name.trim() }), ...(description != null && { description }) },
    };
  });
}

export function tagFeature(writer: Writer, target: Target, tags: TagChange): Promise<FeaturePayload> {
  return changeFeature(writer, { operation: 'featureTag', ...target }, (_tx, feature) => ({
    action: 'updated',
    event: 'featureTagged',
    values: { tags: changeTags(feature.tags, tags) },
  }));
}

/** Null removes them. */
export function noteFeature(writer: Writer, target: Target, notes: string | null): Promise<FeaturePayload> {
  return changeFeature(writer, { operation: 'featureNote', ...target }, () => {
    if (notes !== null) assertText('notes', notes, limits.notes);
    return { action: 'updated', event: 'featureNoted', values: { notes } };
  });
}
