import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { engine, openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { changeTags } from '../domain/feature-rules.js';
import { insertDocument, insertFeature } from './rows.js';
import { TestSubgraph, type Caller } from './subgraph-fixture.js';

let opened: TestDatabase;
let subgraph: TestSubgraph;
let facts: string[];

beforeAll(async () => {
  opened = await openTestDatabase();
  subgraph = new TestSubgraph(opened.database);
  const contents = [
    'Users log in',
    'POST /login: opens a session',
    'Passwords expire',
    'The session is lost',
    'Logs out',
  ];
  const document = await insertDocument(
    opened.database,
    'login.md',
    contents.map((content) => ({ type: 'requirement', content })),
    { embedded: false },
  );
  facts = document.evidenceIds;
});
afterAll(() => opened.close());

const fact = (index: number): string => facts[index] ?? '';
const evidence = (index: number): string => `Evidence:${fact(index)}`;
const featureId = (key: string): string => `Feature:${key}`;
const selection = `feature { id name description status version confidenceScore reviewedBy reviewedAt tags notes isInferred metadata
  parentFeature { name } mergedInto { name } mergedFrom { nodes { name } } childFeatures { nodes { name } }
  evidence { edges { relationshipType strength reasoning node { content } } }
  changes(orderBy: { field: CHANGED_AT, direction: ASC }) { nodes { action changedBy oldValues newValues } } }`;
const change = (field: string, input: Record<string, unknown>, more = '', caller: Caller = 'reviewer') =>
  subgraph.mutate(field, input, `${selection} ${more}`, caller);
const read = async (key: string) =>
  (
    await subgraph.ask(`query ($id: ID!) { feature(id: $id) { ...on Feature { ${selection.slice(10)} } }`, {
      id: featureId(key),
    })
  ).data.feature;
const codes = (payload: { userErrors: { code: string }[] }): string[] => payload.userErrors.map((error) => error.code);

let name = 0;
const candidate = (links: Parameters<typeof insertFeature>[2] = [], parentId?: string): Promise<string> =>
  insertFeature(
    opened.database,
    { name: `Feature ${(name += 1)}`, ...(parentId !== undefined && { parentId }) },
    links,
  );

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
    const [event] = await opened.database.query(
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
      await opened.database.query('update evidence.features set parent_feature_id = null where id = any($1)', [ids]);
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
    const outputs = await subgraph.ask(
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
    change(
      'featureSplit',
      { featureId: featureId(id), name: 'Sessions', evidenceIds },
      `newFeature { ${selection.slice(10)}`,
    );
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
    '%s of a feature that is not there: NOT_FOUND; of an id of another type: an error that names the type',
    async (field, input) => {
      expect(codes(await change(field, { featureId: gone, ...input }))).toEqual(['NOT_FOUND']);
      await expect(change(field, { featureId: evidence(0), ...input })).rejects.toThrow(
        'Expected an id of type Feature',
      );
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
      (await opened.database.query('select count(*), sum(version) as versions from evidence.features'))[0];
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
