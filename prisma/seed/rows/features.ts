/** Features that documents point at, with their evidence, outputs and reviews. */
import { at } from '../calendar.js';
import type { FeatureStory, RepositoryStory } from '../chapter.js';
import { idOf } from '../ids.js';
import type { RowSet } from '../row-set.js';
import { people } from '../story/company.js';
import { extractor, factId } from './documents.js';

export function featureId(name: string): string {
  return idOf(`feature ${name}`);
}

export function tellFeatures({ fullName, features }: RepositoryStory, rows: RowSet): void {
  for (const feature of features) {
    tellFeature(fullName, feature, rows);
    tellReview(fullName, feature, rows);
    feature.evidence.forEach(([document, fact, relationship, strength]) => {
      rows.add('evidence.feature_evidence', {
        id: idOf(`feature ${feature.name} ${document} ${fact}`),
        feature_id: featureId(feature.name),
        evidence_id: factId(fullName, document, fact),
        relationship_type: relationship,
        strength,
        reasoning: `Shares its path and its words with the other evidence of "${feature.name}".`,
        created_at: at(feature.on, '09:46'),
      });
    });
    feature.outputs.forEach(([type, content], index) => {
      const version = feature.outputs.slice(0, index).filter(([other]) => other === type).length + 1;
      rows.add('evidence.feature_outputs', {
        id: idOf(`output ${feature.name} ${type} ${version}`),
        feature_id: featureId(feature.name),
        output_type: type,
        content,
        version,
        generated_at: at(feature.review?.on ?? feature.on, `11:${10 + index}`),
      });
    });
  }
}

function tellFeature(fullName: string, feature: FeatureStory, rows: RowSet): void {
  const { name, confidence, review } = feature;
  const inferredAt = at(feature.on, '09:45');
  const status = statusAtInference(feature);
  rows.add('evidence.features', {
    id: featureId(name),
    name,
    description: feature.description,
    confidence_score: confidence,
    status: feature.status,
    inferred_at: inferredAt,
    reviewed_at: review === undefined ? null : at(review.on, '11:00'),
    reviewed_by: review === undefined ? null : people[review.by].subject,
    metadata: { tags: feature.tags, ...(review?.note !== undefined && { notes: [review.note] }) },
    parent_feature_id: feature.parent === undefined ? null : featureId(feature.parent),
    version: review === undefined ? 1 : 2,
  });
  const created = { name, status, confidence_score: confidence };
  tellChange(
    fullName,
    feature,
    { at: inferredAt, by: extractor, action: 'created', before: null, after: created },
    rows,
  );
}

/** 0.75 and above is confirmed by inference itself. */
function statusAtInference({ confidence }: FeatureStory): FeatureStory['status'] {
  return confidence >= 0.75 ? 'confirmed' : 'candidate';
}

function tellReview(fullName: string, feature: FeatureStory, rows: RowSet): void {
  const { review, status } = feature;
  if (review === undefined) return;
  const action = status === 'rejected' ? 'rejected' : 'confirmed';
  const by = people[review.by].subject;
  const before = { status: statusAtInference(feature) };
  tellChange(fullName, feature, { at: at(review.on, '11:00'), by, action, before, after: { status } }, rows);
}

interface Change {
  readonly at: string;
  readonly by: string;
  readonly action: 'created' | 'confirmed' | 'rejected';
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>>;
}

function tellChange(fullName: string, { name }: FeatureStory, change: Change, rows: RowSet): void {
  const key = featureId(name);
  rows.add('evidence.feature_audit', {
    id: idOf(`feature audit ${name} ${change.action} ${change.at}`),
    feature_id: key,
    action: change.action,
    changed_by: change.by,
    changed_at: change.at,
    old_values: change.before,
    new_values: change.after,
  });
  const before = String(change.before?.['status'] ?? '').toUpperCase();
  rows.note({
    at: change.at,
    user: change.by,
    type: 'Feature',
    key,
    repository: fullName,
    action: `feature${change.action.charAt(0).toUpperCase()}${change.action.slice(1)}`,
    details: { name, status: [before === '' ? null : before, String(change.after['status']).toUpperCase()] },
  });
}
