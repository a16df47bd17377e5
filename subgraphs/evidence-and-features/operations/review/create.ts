/** Features that reviewers make: entered, or split off another. */
import { userError } from '../../../kernel/errors/index.js';
import { assertVersion, write, type Writer, type Written, type WriteTransaction } from '../../../kernel/write/index.js';
import { assertCount, assertShare, assertText, changeTags, limits } from '../../domain/feature-rules.js';
import { countLinks, listLinks, moveLinks, saveLinks } from '../../repository/feature-links.js';
import { editFeature, insertFeature, lockFeature, lockHierarchy, noteChanges } from '../../repository/features.js';
import { actorOf, withCurrentFeature, type FeaturePayload } from './change-feature.js';
import { noSuchEvidence, toLink, type LinkInput } from './link.js';

export interface FeatureInput {
  readonly name: string;
  readonly description?: string | null;
  readonly confidenceScore?: number | null;
  readonly tags?: readonly string[] | null;
  readonly parentFeatureId?: string | null;
  readonly evidence?: readonly LinkInput[] | null;
  readonly clientKey?: string | null;
}

export function createFeature(writer: Writer, { clientKey, ...input }: FeatureInput): Promise<FeaturePayload> {
  const options = { operation: 'featureCreate', clientKey, input, constraints: noSuchEvidence };
  return write(writer, options, async (tx) => {
    const { description = null, confidenceScore = null, parentFeatureId = null } = input;
    const name = checkTexts(input.name, description);
    if (confidenceScore !== null) assertShare('confidenceScore', confidenceScore);
    const tags = changeTags([], { add: input.tags ?? [], remove: [] }, 'tags');
    const links = (input.evidence ?? []).map((link, index) => toLink(link, ['evidence', String(index)]));
    if (links.length > 0) assertCount('evidence', links, limits.linkedAtOnce);
    if (new Set(links.map((link) => link.evidenceId)).size < links.length)
      throw userError('VALIDATION', 'evidence', 'The same evidence is named twice.');
    if (parentFeatureId !== null) await lockFeature(tx, parentFeatureId, 'parentFeatureId');
    const feature = { name, description, confidenceScore, tags, parentFeatureId };
    const id = await insertFeature(tx, actorOf(writer), feature);
    if (links.length > 0) await saveLinks(tx, id, links);
    await noteCreation(tx, writer, id, { name, description, evidence_ids: links.map((link) => link.evidenceId) });
    return { feature: id };
  });
}

export interface Split {
  readonly featureId: string;
  readonly name: string;
  readonly description?: string | null;
  readonly evidenceIds: readonly string[];
  readonly expectedVersion?: number | null;
}

/** The new feature has the links to the named evidence, which the old one loses, and stands beside it in the hierarchy. */
export async function splitFeature(
  writer: Writer,
  { featureId, evidenceIds, expectedVersion, ...input }: Split,
): Promise<Written<{ feature: string; newFeature: string }>> {
  const payload = await write(writer, { operation: 'featureSplit' }, async (tx) => {
    const { description = null } = input;
    const name = checkTexts(input.name, description);
    assertCount('evidenceIds', evidenceIds, limits.splitAtOnce);
    // Its parent may be merged away at the same time, and takes its parts along.
    await lockHierarchy(tx);
    const feature = await lockFeature(tx, featureId);
    if (expectedVersion != null) assertVersion({ expected: expectedVersion, current: feature.version });
    const links = await listLinks(tx, featureId, evidenceIds);
    evidenceIds.forEach((id, index) => {
      if (links.some((link) => link.evidenceId === id)) return;
      throw userError('NOT_FOUND', ['evidenceIds', String(index)], 'The evidence is not linked to this feature.');
    });
    if (links.length === (await countLinks(tx, featureId)))
      throw userError('VALIDATION', 'evidenceIds', 'Something must be left: rename the feature instead.');
    const { tags, parent_feature_id: parentFeatureId } = feature;
    const id = await insertFeature(tx, actorOf(writer), {
      name,
      description,
      confidenceScore: null,
      tags,
      parentFeatureId,
    });
    await moveLinks(
      tx,
      links.map((link) => link.id),
      id,
    );
    const moved = links.map((link) => link.evidenceId);
    await noteCreation(tx, writer, id, { name, description, split_from: featureId, evidence_ids: moved });
    await editFeature(tx, actorOf(writer), feature, {
      action: 'updated',
      event: 'featureSplit',
      values: {},
      oldValues: { evidence_ids: moved },
      newValues: { split_into: id },
    });
    return { feature: featureId, newFeature: id };
  });
  return withCurrentFeature(payload, featureId);
}

function checkTexts(name: string, description: string | null): string {
  assertText('name', name, limits.name);
  if (description !== null) assertText('description', description, limits.description);
  return name.trim();
}

async function noteCreation(
  tx: WriteTransaction,
  writer: Writer,
  featureId: string,
  newValues: Record<string, unknown>,
): Promise<void> {
  const change = { featureId, action: 'created', event: 'featureCreated', oldValues: null, newValues } as const;
  await noteChanges(tx, actorOf(writer), [change]);
}
