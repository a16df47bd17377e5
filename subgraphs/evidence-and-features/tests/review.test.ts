import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeTags } from '../domain/feature-rules.js';
import { codes, featureId, openReview, type Review } from './review-fixture.js';

let review: Review;
let change: Review['change'];
let read: Review['read'];
let candidate: Review['candidate'];

beforeAll(async () => {
  review = await openReview();
  ({ change, read, candidate } = review);
});
afterAll(() => review.close());

const fact = (index: number): string => review.facts[index] ?? '';
const evidence = (index: number): string => `Evidence:${fact(index)}`;

describe('decisions', () => {
  test('a confirmed feature says who confirmed it and when, and its history why', async () => {
    const id = await candidate();
    const { feature, userErrors } = await change('featureConfirm', { featureId: featureId(id), reason: 'seen live' });
    expect(userErrors).toEqual([]);
    expect(feature).toMatchObject({ status: 'CONFIRMED', reviewedBy: 'rita', version: 2, isInferred: true });
    expect(feature.reviewedAt).not.toBeNull();
    expect(feature.changes.nodes).toEqual([
      {
        action: 'CONFIRMED',
        changedBy: 'rita',
        oldValues: { status: 'candidate', reviewed_by: null },
        newValues: { status: 'confirmed', reviewed_by: 'rita', reason: 'seen live' },
      },
    ]);
    const [event] = await review.database.query(
      `select e.action, a.action as audited from platform.events e join traceability.audit_log a on a.entity_id = e.entity_id
       where e.entity_id = $1`,
      [featureId(id)],
    );
    expect(event).toEqual({ action: 'featureConfirmed', audited: 'featureConfirmed' });
  });

  test('a rejected feature can be confirmed after all, and is not rejected twice', async () => {
    const id = await candidate();
    expect((await change('featureReject', { featureId: featureId(id) })).feature.status).toBe('REJECTED');
    const again = await change('featureReject', { featureId: featureId(id) });
    expect(again.userErrors).toMatchObject([{ code: 'INVALID_TRANSITION' }]);
    expect((await change('featureConfirm', { featureId: featureId(id) })).feature.status).toBe('CONFIRMED');
  });

  test('a decision against another version is a conflict that shows the current one', async () => {
    const id = await candidate();
    await change('featureTag', { featureId: featureId(id), add: ['x'] });
    const late = await change('featureConfirm', { featureId: featureId(id), expectedVersion: 1 });
    expect(codes(late)).toEqual(['CONFLICT']);
    expect(late.feature).toMatchObject({ version: 2, status: 'CANDIDATE' });
    expect(codes(await change('featureConfirm', { featureId: featureId(id), expectedVersion: 2 }))).toEqual([]);
  });

  test('evidence is linked and unlinked against the version that was read, or not at all', async () => {
    const id = await candidate();
    await change('featureTag', { featureId: featureId(id), add: ['x'] });
    const link = { featureId: featureId(id), evidenceId: evidence(0), relationshipType: 'SUPPORTS' };
    const late = await change('featureEvidenceLink', { ...link, expectedVersion: 1 });
    expect([codes(late), late.feature.version]).toEqual([['CONFLICT'], 2]);
    expect(codes(await change('featureEvidenceLink', { ...link, expectedVersion: 2 }))).toEqual([]);
    const unlink = { featureId: featureId(id), evidenceId: evidence(0) };
    expect(codes(await change('featureEvidenceUnlink', { ...unlink, expectedVersion: 2 }))).toEqual(['CONFLICT']);
    expect(codes(await change('featureEvidenceUnlink', { ...unlink, expectedVersion: 3 }))).toEqual([]);
  });
});

describe('description', () => {
  test('a feature that a reviewer enters is confirmed, linked and placed at once; a retry makes no second one', async () => {
    const parent = await candidate();
    const input = {
      name: ' Single sign-on ',
      description: 'One login for all.',
      tags: ['login', 'login', ' security '],
      parentFeatureId: featureId(parent),
      evidence: [{ evidenceId: evidence(0), relationshipType: 'SUPPORTS', strength: 0.456, reasoning: 'says so' }],
      clientKey: 'sso',
    };
    const { feature } = await change('featureCreate', input);
    expect(feature).toMatchObject({
      name: 'Single sign-on',
      status: 'CONFIRMED',
      reviewedBy: 'rita',
      confidenceScore: null,
      isInferred: false,
      tags: ['login', 'security'],
      metadata: { tags: ['login', 'security'], parent_feature_id: parent },
      evidence: { edges: [{ relationshipType: 'SUPPORTS', strength: 0.46, reasoning: 'says so' }] },
      changes: { nodes: [{ action: 'CREATED', oldValues: null, newValues: { evidence_ids: [fact(0)] } }] },
    });
    expect((await change('featureCreate', input)).feature.id).toBe(feature.id);
    expect(codes(await change('featureCreate', { ...input, name: 'Other' }))).toEqual(['IDEMPOTENCY_MISMATCH']);
    expect((await read(parent)).childFeatures.nodes).toEqual([{ name: 'Single sign-on' }]);
  });

  test('name, description, tags and notes change one by one, and what is the same is no change', async () => {
    const id = featureId(await candidate());
    await change('featureUpdate', { featureId: id, name: 'Login' });
    await change('featureUpdate', { featureId: id, description: 'With a password.' });
    await change('featureTag', { featureId: id, add: ['a', 'b'], remove: ['b', 'c'] });
    await change('featureNote', { featureId: id, notes: 'Ask legal.' });
    await change('featureNote', { featureId: id, notes: 'Ask legal.' });
    const { feature } = await change('featureTag', { featureId: id, add: ['a'] });
    expect(feature).toMatchObject({
      name: 'Login',
      description: 'With a password.',
      tags: ['a'],
      notes: 'Ask legal.',
      version: 5,
      metadata: { tags: ['a'], notes: 'Ask legal.' },
    });
    expect(feature.changes.nodes.map((node: { newValues: unknown }) => node.newValues)).toEqual([
      { name: 'Login' },
      { description: 'With a password.' },
      { tags: ['a'] },
      { notes: 'Ask legal.' },
    ]);
    const cleared = (await change('featureNote', { featureId: id })).feature;
    expect(cleared).toMatchObject({ notes: null, metadata: { tags: ['a'] } });
    expect((await change('featureTag', { featureId: id, remove: ['a'] })).feature.metadata).toBeNull();
  });

  test('tags are a set, whatever is added and removed', () => {
    const tag = fc.stringMatching(/^[a-e]{1,2}$/);
    fc.assert(
      fc.property(fc.array(tag), fc.array(tag), fc.array(tag), (tags, add, remove) => {
        const before = [...new Set(tags)];
        const after = changeTags(before, { add, remove });
        expect(new Set(after).size).toBe(after.length);
        expect(new Set(after)).toEqual(new Set([...before, ...add].filter((one) => !remove.includes(one))));
        expect(changeTags(after, { add, remove })).toEqual(after);
      }),
    );
  });
});

describe('links', () => {
  test('a link is made, changed and removed, each with its history', async () => {
    const id = featureId(await candidate());
    const link = { featureId: id, evidenceId: evidence(0), relationshipType: 'IMPLEMENTS', strength: 0.9 };
    const made = await change('featureEvidenceLink', link, 'featureEvidence { id evidence { id } }');
    expect(made.featureEvidence.evidence.id).toBe(evidence(0));
    await change('featureEvidenceLink', link);
    const changed = await change(
      'featureEvidenceLink',
      { ...link, relationshipType: 'EXTENDS', strength: 0.5 },
      'featureEvidence { id }',
    );
    expect(changed.featureEvidence.id).toBe(made.featureEvidence.id);
    expect(changed.feature.evidence.edges).toMatchObject([{ relationshipType: 'EXTENDS', strength: 0.5 }]);
    const removed = await change('featureEvidenceUnlink', { featureId: id, evidenceId: evidence(0) });
    expect(removed.feature).toMatchObject({ evidence: { edges: [] }, version: 4 });
    expect(removed.feature.changes.nodes).toMatchObject([
      { oldValues: null, newValues: { link: { strength: 0.9 } } },
      { oldValues: { link: { strength: 0.9 } }, newValues: { link: { strength: 0.5, relationship_type: 'extends' } } },
      { oldValues: { link: { strength: 0.5 } }, newValues: { unlinked: fact(0) } },
    ]);
    expect(codes(await change('featureEvidenceUnlink', { featureId: id, evidenceId: evidence(0) }))).toEqual([
      'NOT_FOUND',
    ]);
  });
});

describe('every change', () => {
  let id: string;
  beforeEach(async () => {
    id = featureId(await candidate([{ evidenceId: fact(0) }, { evidenceId: fact(1) }]));
  });
  const gone = 'Feature:00000000-0000-4000-8000-000000000000';
  const inputs: readonly (readonly [string, Record<string, unknown>])[] = [
    ['featureUpdate', { name: 'x' }],
    ['featureConfirm', {}],
    ['featureReject', {}],
    ['featureMerge', { sourceFeatureIds: [gone] }],
    ['featureSplit', { name: 'x', evidenceIds: ['Evidence:00000000-0000-4000-8000-000000000000'] }],
    ['featureReparent', {}],
    ['featureTag', { add: ['x'] }],
    ['featureNote', { notes: 'x' }],
    [
      'featureEvidenceLink',
      { evidenceId: 'Evidence:00000000-0000-4000-8000-000000000000', relationshipType: 'EXTENDS' },
    ],
    ['featureEvidenceUnlink', { evidenceId: 'Evidence:00000000-0000-4000-8000-000000000000' }],
    ['featureOutputGenerate', { type: 'STORY' }],
  ];

  test.each([...inputs, ['featureCreate', { name: 'x' }] as const])(
    '%s needs the scope evidence:review',
    async (field, input) => {
      const whole = field === 'featureCreate' ? input : { featureId: id, ...input };
      await expect(change(field, whole, '', 'reader')).rejects.toMatchObject({ codes: ['FORBIDDEN'] });
      await expect(change(field, whole, '', 'anonymous')).rejects.toMatchObject({ codes: ['UNAUTHENTICATED'] });
    },
  );

  test.each(inputs)(
    '%s of a feature that is not there: NOT_FOUND; of an id of another type: VALIDATION',
    async (field, input) => {
      expect(codes(await change(field, { featureId: gone, ...input }))).toEqual(['NOT_FOUND']);
      expect(await change(field, { featureId: evidence(0), ...input })).toMatchObject({
        userErrors: [{ code: 'VALIDATION', field: ['featureId'] }],
      });
    },
  );

  test.each([
    ['featureCreate', 'an empty name', { name: ' ' }, ['name']],
    ['featureCreate', 'a name that is too long', { name: 'x'.repeat(201) }, ['name']],
    ['featureCreate', 'NUL', { name: 'a\u0000b' }, ['name']],
    ['featureCreate', 'half a character', { name: 'half \ud800' }, ['name']],
    ['featureCreate', 'a confidence above 1', { name: 'x', confidenceScore: 1.01 }, ['confidenceScore']],
    ['featureCreate', 'a confidence below 0', { name: 'x', confidenceScore: -0.1 }, ['confidenceScore']],
    ['featureCreate', 'a tag that is too long', { name: 'x', tags: ['y'.repeat(51)] }, ['tags', '0']],
    ['featureUpdate', 'an empty description', { description: '' }, ['description']],
    ['featureNote', 'notes that are too long', { notes: 'x'.repeat(10_001) }, ['notes']],
    ['featureConfirm', 'a reason that is too long', { reason: 'x'.repeat(2_001) }, ['reason']],
    ['featureTag', 'too many tags', { add: Array.from({ length: 51 }, (_, n) => `t${n}`) }, ['add']],
    ['featureEvidenceLink', 'a strength above 1', { relationshipType: 'EXTENDS', strength: 1.2 }, ['strength']],
    ['featureEvidenceLink', 'an empty reason', { relationshipType: 'EXTENDS', reasoning: '' }, ['reasoning']],
    ['featureSplit', 'nothing to split off', { name: 'x', evidenceIds: [] }, ['evidenceIds']],
  ])('%s refuses %s and stores nothing', async (field, _what, input, place) => {
    const linked = field === 'featureEvidenceLink' ? { evidenceId: evidence(4) } : {};
    const whole = field === 'featureCreate' ? input : { featureId: id, ...linked, ...input };
    const count = async () =>
      (await review.database.query('select count(*), sum(version) as versions from evidence.features'))[0];
    const before = await count();
    expect((await change(field, whole)).userErrors).toMatchObject([{ code: 'VALIDATION', field: place }]);
    expect(await count()).toEqual(before);
  });

  test('an unknown relationship, and numbers that are none, do not reach the domain', async () => {
    const link = { featureId: id, evidenceId: evidence(4), relationshipType: 'BLOCKS' };
    await expect(change('featureEvidenceLink', link)).rejects.toThrow(
      'does not exist in "FeatureEvidenceRelationship" enum',
    );
    const nan = { ...link, relationshipType: 'EXTENDS', strength: Number.NaN };
    await expect(change('featureEvidenceLink', nan)).rejects.toThrow('cannot represent non numeric value');
  });
});
