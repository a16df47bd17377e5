import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { engine } from '../../../tests/testkit/index.js';
import { codes, featureId, openReview, selection, type Review } from './review-fixture.js';

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

describe('hierarchy', () => {
  test('a feature goes under another and back to the top, and never under itself or a part of itself', async () => {
    const [top, middle, bottom] = [await candidate(), await candidate(), await candidate()];
    const move = (id: string, parent: string | null) =>
      change('featureReparent', {
        featureId: featureId(id),
        parentFeatureId: parent === null ? null : featureId(parent),
      });
    await move(middle, top);
    const { feature } = await move(bottom, middle);
    expect(feature).toMatchObject({ metadata: { parent_feature_id: middle } });
    for (const under of [top, middle, bottom]) expect(codes(await move(top, under))).toEqual(['VALIDATION']);
    expect((await move(bottom, null)).feature).toMatchObject({ parentFeature: null, metadata: null });
    expect(codes(await move(top, bottom))).toEqual([]);
  });

  test('moves at the same time, each right by itself, make no circle together', async () => {
    const ids = await Promise.all([candidate(), candidate(), candidate(), candidate()]);
    for (let round = 0; round < (engine === 'postgres' ? 10 : 2); round += 1) {
      await review.database.query('update evidence.features set parent_feature_id = null where id = any($1)', [ids]);
      const moves = ids.map((id, index) =>
        change('featureReparent', {
          featureId: featureId(id),
          parentFeatureId: featureId(ids[(index + 1) % ids.length] ?? ''),
        }),
      );
      const outcomes = (await Promise.all(moves)).map((payload) => codes(payload).join());
      expect(outcomes.filter((outcome) => outcome === 'VALIDATION')).toHaveLength(1);
    }
  });
});

describe('merging', () => {
  test('links and outputs move, duplicates collapse on the stronger, parts follow, and the sources say where they went', async () => {
    const target = await candidate([
      { evidenceId: fact(0), strength: 0.9 },
      { evidenceId: fact(1), strength: 0.4, relationship: 'supports' },
    ]);
    const one = await candidate([
      { evidenceId: fact(0), strength: 0.5, relationship: 'extends' },
      { evidenceId: fact(1), strength: 0.7, relationship: 'constrains' },
      { evidenceId: fact(2), strength: 0.6 },
    ]);
    const two = await candidate(
      [
        { evidenceId: fact(1), strength: 0.7 },
        { evidenceId: fact(3), strength: 0.2 },
      ],
      one,
    );
    const part = await candidate([], one);
    for (const id of [target, one, one, two])
      await change('featureOutputGenerate', { featureId: featureId(id), type: 'EPIC' });
    const { feature, userErrors } = await change('featureMerge', {
      featureId: featureId(target),
      sourceFeatureIds: [featureId(one), featureId(two)],
    });
    expect(userErrors).toEqual([]);
    expect(
      feature.evidence.edges.map((edge: any) => [edge.node.content, edge.strength, edge.relationshipType]),
    ).toEqual([
      ['Users log in', 0.9, 'IMPLEMENTS'],
      ['POST /login: opens a session', 0.7, 'CONSTRAINS'],
      ['Passwords expire', 0.6, 'IMPLEMENTS'],
      ['The session is lost', 0.2, 'IMPLEMENTS'],
    ]);
    expect(feature.metadata).toEqual({ merged_from: [one, two] });
    expect(feature.mergedFrom.nodes).toHaveLength(2);
    expect(feature.childFeatures.nodes).toEqual([{ name: (await read(part)).name }]);
    expect((await read(part)).changes.nodes).toMatchObject([
      { action: 'UPDATED', oldValues: { parent_feature_id: one }, newValues: { parent_feature_id: target } },
    ]);
    for (const source of [one, two]) {
      const gone = await read(source);
      expect(gone).toMatchObject({ status: 'REJECTED', mergedInto: { name: feature.name }, evidence: { edges: [] } });
      expect(gone.changes.nodes.at(-1)).toMatchObject({ action: 'MERGED', newValues: { merged_into_id: target } });
      expect(codes(await change('featureConfirm', { featureId: featureId(source) }))).toEqual(['CONFLICT']);
    }
    expect((await read(one)).changes.nodes.at(-1).oldValues.evidence_ids).toEqual([fact(1), fact(2)].sort());
    const outputs = await review.subgraph.ask(
      `query ($id: ID!) { feature(id: $id) { outputs(orderBy: { field: VERSION, direction: ASC }) { nodes { version isLatest } } } }`,
      { id: featureId(target) },
    );
    expect(outputs.data.feature.outputs.nodes).toEqual([
      { version: 1, isLatest: false },
      { version: 2, isLatest: false },
      { version: 3, isLatest: true },
    ]);
  });

  test('into itself, into a part of itself, twice, or what is gone: refused, and nothing moves', async () => {
    const top = await candidate([{ evidenceId: fact(0) }]);
    const bottom = await candidate([{ evidenceId: fact(1) }], await candidate([], top));
    const merge = async (target: string, ...sources: string[]) =>
      (await change('featureMerge', { featureId: featureId(target), sourceFeatureIds: sources.map(featureId) }))
        .userErrors;
    expect(await merge(top, top)).toMatchObject([{ code: 'VALIDATION', field: ['sourceFeatureIds', '0'] }]);
    expect(await merge(bottom, top)).toMatchObject([
      { code: 'VALIDATION', message: expect.stringContaining('a part of itself') },
    ]);
    expect(await merge(top, bottom, bottom)).toMatchObject([{ code: 'VALIDATION', field: ['sourceFeatureIds', '1'] }]);
    expect(await merge(top)).toMatchObject([{ code: 'VALIDATION' }]);
    expect(await merge(top, '00000000-0000-4000-8000-000000000000')).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await read(bottom)).evidence.edges).toHaveLength(1);
    expect(await merge(top, bottom)).toEqual([]);
    expect(await merge(top, bottom)).toMatchObject([{ code: 'CONFLICT' }]);
  });

  test('two that merge into each other at the same time: one does, one is told', async () => {
    for (let round = 0; round < (engine === 'postgres' ? 5 : 1); round += 1) {
      const [a, b] = [await candidate([{ evidenceId: fact(0) }]), await candidate([{ evidenceId: fact(1) }])];
      const payloads = await Promise.all([
        change('featureMerge', { featureId: featureId(a), sourceFeatureIds: [featureId(b)] }),
        change('featureMerge', { featureId: featureId(b), sourceFeatureIds: [featureId(a)] }),
      ]);
      expect(payloads.map((payload) => codes(payload).join()).sort()).toEqual(['', 'CONFLICT']);
    }
  });
});

test('splitting moves the named links to a new feature beside the old, and leaves something', async () => {
  const parent = await candidate();
  const id = await candidate(
    [{ evidenceId: fact(0) }, { evidenceId: fact(1), strength: 0.3 }, { evidenceId: fact(2) }],
    parent,
  );
  const split = (evidenceIds: string[]) =>
    change('featureSplit', { featureId: featureId(id), name: 'Sessions', evidenceIds }, `newFeature { ${selection} }`);
  expect(codes(await split([evidence(0), evidence(1), evidence(2)]))).toEqual(['VALIDATION']);
  expect((await split([evidence(0), evidence(4)])).userErrors).toMatchObject([
    { code: 'NOT_FOUND', field: ['evidenceIds', '1'] },
  ]);
  const { feature, newFeature } = await split([evidence(1)]);
  expect(feature.evidence.edges).toHaveLength(2);
  expect(newFeature).toMatchObject({
    name: 'Sessions',
    status: 'CONFIRMED',
    parentFeature: { name: (await read(parent)).name },
    evidence: { edges: [{ strength: 0.3, node: { content: 'POST /login: opens a session' } }] },
    changes: { nodes: [{ action: 'CREATED', newValues: { split_from: id, evidence_ids: [fact(1)] } }] },
  });
  expect(feature.changes.nodes.at(-1)).toMatchObject({ action: 'UPDATED', oldValues: { evidence_ids: [fact(1)] } });
});
