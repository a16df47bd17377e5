/** Features with doubt: what they are called, what belongs together, and what makes them surer. */
import { describe, expect, test } from '@jest/globals';
import { readProducts } from '../../../tests/bench/feature-inference/capabilities.js';
import { inferProduct } from '../../../tests/bench/feature-inference/infer-product.js';
import { bagOf, FeatureView } from '../domain/corroboration.js';
import type { EvidenceFact } from '../domain/evidence-fact.js';
import { addedConfidence, judge, statusOf } from '../domain/infer-confidence.js';
import { groupByStructure, type EvidenceGroup } from '../domain/infer-groups.js';
import { WordWeights } from '../domain/word-weights.js';
import { readDocument, type TextType } from '../extraction/index.js';

async function factsOf(type: TextType, text: string, filename = `a.${type}`): Promise<EvidenceFact[]> {
  const { evidence } = await readDocument({ type, filename, bytes: Buffer.from(text) });
  return evidence.map((fact, n) => ({ ...fact, id: `${filename} ${n}`, rawData: fact.rawData ?? {} }));
}
const groupsOf = async (type: TextType, text: string, filename?: string): Promise<readonly EvidenceGroup[]> =>
  groupByStructure(await factsOf(type, text, filename), 's').groups;
const namesOf = async (type: TextType, text: string): Promise<string[]> =>
  (await groupsOf(type, text)).map(({ name }) => name);

const operation = (method: string, path: string, tags: readonly string[], summary: string): string =>
  `  ${path}: { ${method}: { tags: [${tags.map((tag) => JSON.stringify(tag)).join(', ')}], summary: ${summary}, responses: { '200': { description: OK }, '401': { description: Unauthorized } } } }\n`;
const api = (...operations: readonly string[]): string => `openapi: 3.0.0\npaths:\n${operations.join('')}`;
const story = (id: string, title: string, thing: string): string =>
  `---\ngxp_id: ${id}\ntitle: ${title}\nas_a: cook\ni_want: to do ${thing}\nso_that: the kitchen is safe\nacceptance_criteria:\n  - The ${thing} is done within 2 s\n---\n\n## Test Scenarios\n\n1. **Valid**: ${thing} with valid input → 200\n2. **Invalid**: ${thing} with malformed input → 400\n3. **Missing**: ${thing} that does not exist → 404\n`;

describe('a feature is called', () => {
  test('by the title of its story, and never by a heading such as "Test Scenarios"', async () => {
    expect(await namesOf('md', story('US-1', 'Clean the oven', 'thing 1'))).toEqual(['Clean the oven']);
  });

  test.each([
    ['# Oven\n\n## Requirements\n\n- It heats\n- It cools\n', ['Oven']],
    ['# Requirements\n\n## Heating\n\n- The oven shall heat.\n- The oven shall cool.\n', ['Heating']],
    ['## Acceptance criteria\n\n- The oven door closes by itself\n- The oven door is cool outside\n', []],
    [
      '# 3 Functional requirements\n\n## 3.1 Baking bread\n\n- The oven shall bake.\n- It shall smell.\n',
      ['Baking bread'],
    ],
  ])('by the heading that says what it is about: %j', async (text, names) => {
    expect(await namesOf('md', text)).toEqual(names);
  });

  test('by its tag as its author writes it', async () => {
    const tags = [
      'GitHub Apps',
      'OAuth2',
      'iOS devices',
      'PostgreSQL - backups',
      'eSIM',
      '用户管理',
      'userAccounts',
      'file_uploads',
      'pumps',
    ];
    const text = api(...tags.map((tag, n) => operation('get', `/${'abcdefghi'[n] ?? ''}`, [tag], 'List them')));
    expect(await namesOf('yaml', text)).toEqual([
      'GitHub Apps',
      'OAuth2',
      'iOS devices',
      'PostgreSQL - backups',
      'eSIM',
      '用户管理',
      'User Accounts',
      'File uploads',
      'Pumps',
    ]);
  });

  test('by its path, where a tag covers everything or every path begins alike', async () => {
    const resources = ['ovens', 'breads', 'bakers'];
    const operations = resources.flatMap((resource) =>
      ['list', 'create'].map((verb) =>
        operation('post', `/api/v1/bakery/${resource}/${verb}`, ['bakery'], `${verb} ${resource}`),
      ),
    );
    expect(await namesOf('yaml', api(...operations))).toEqual(['Ovens', 'Breads', 'Bakers']);
  });

  test('by what answers a field of GraphQL', async () => {
    const facts = await factsOf(
      'md',
      'type Query { ovens: [Oven!]! breadList: BreadConnection }\ntype Mutation { createOven: Oven }\n',
      'a.graphql',
    );
    expect(groupByStructure(facts, 's').groups.map(({ name, members }) => [name, members.length])).toEqual([
      ['Oven', 2],
      ['Bread', 1],
    ]);
  });

  test('by its epic, by what its parts call that, or by what they share: a number names nothing', async () => {
    const csv = (more: string, header: string): string =>
      `Issue key,Summary,Issue Type,Parent key${header}\nB-2,Preheat the oven,Story,B-1${more}\nB-3,Clean the oven,Story,B-1${more}\n`;
    expect(await namesOf('csv', csv('', ''))).toEqual(['Oven']);
    expect(await namesOf('csv', csv(',Oven care', ',Parent summary'))).toEqual(['Oven care']);
    expect(await namesOf('csv', `${csv('', '')}B-1,Care of ovens,Epic,\n`)).toEqual(['Care of ovens']);
  });
});

describe('what belongs together', () => {
  const viewOf = (groups: readonly EvidenceGroup[]): FeatureView =>
    new FeatureView(groups.map(({ key, name, members }) => ({ featureId: key, key, name, facts: members })));
  async function joinsOf(known: readonly EvidenceGroup[], added: readonly EvidenceGroup[]): Promise<(string | null)[]> {
    const view = viewOf(known);
    const weights = new WordWeights([...known, ...added].map(bagOf));
    return added.map((group) => view.findJoin(group, weights, null)?.name ?? null);
  }

  test('is told by words that are not said of everything: stories of one template are as many features', async () => {
    const [one, two, three] = await Promise.all([
      groupsOf('md', story('US-1', 'Clean the oven', 'thing 1'), '1.md'),
      groupsOf('md', story('US-2', 'Bake a bread', 'thing 2'), '2.md'),
      groupsOf('md', story('US-3', 'Count the guests', 'thing 3'), '3.md'),
    ]);
    expect(await joinsOf([...one, ...two], three)).toEqual([null]);
  });

  test('two tags of APIs stay two, however alike their responses are', async () => {
    const one = await groupsOf('yaml', api(operation('get', '/ovens', ['Ovens'], 'List ovens')), '1.yaml');
    const two = await groupsOf('yaml', api(operation('get', '/guests', ['Guests'], 'List guests')), '2.yaml');
    expect(await joinsOf(one, two)).toEqual([null]);
  });

  test('a story and the API of the same thing are one', async () => {
    const one = await groupsOf(
      'yaml',
      api(
        operation('get', '/ovens', ['Ovens'], 'List ovens'),
        operation('post', '/ovens', ['Ovens'], 'Preheat an oven'),
        operation('get', '/guests', ['Guests'], 'List guests'),
      ),
    );
    const two = await groupsOf(
      'md',
      '# Stories\n\n## US-1\n\nAs a baker, I want to preheat an oven before I come.\n\n**Acceptance criteria**\n\n- The oven is hot within ten minutes\n',
      'b.md',
    );
    expect(await joinsOf(one, two)).toEqual(['Ovens']);
  });

  test('items of two documents with one number and other titles are two', async () => {
    const text = (title: string): string => `# Doc\n\n## REQ-1: ${title}\n\nIt shall be quick. It shall be safe.\n`;
    const [[one], [two]] = await Promise.all([groupsOf('md', text('Baking')), groupsOf('md', text('Counting'))]);
    expect(one?.key).not.toBe(two?.key);
  });
});

describe('what makes a feature surer', () => {
  const text = api(
    operation('get', '/ovens', ['Ovens'], 'List ovens'),
    operation('post', '/ovens/{id}', ['Ovens'], 'Preheat an oven'),
  );
  const addedBy = async (
    type: TextType,
    other: string,
    filename: string,
  ): Promise<{ count: number; isOther: boolean; value: number }> => {
    const [known] = await groupsOf('yaml', text);
    const [group] = await groupsOf(type, other, filename);
    if (known === undefined || group === undefined) throw new Error('no group');
    const view = new FeatureView([{ featureId: 'f', key: known.key, name: known.name, facts: known.members }]);
    const added = view.addedBy(group, 'f');
    return { count: added.facts.length, isOther: added.isOtherSource, value: addedConfidence(0.6, added) };
  };

  test('is no copy, no other format and no other edition of the same document', async () => {
    const { parse } = await import('yaml');
    const json = JSON.stringify(parse(text));
    expect(await addedBy('json', json, 'b.json')).toMatchObject({ count: 0, value: 0 });
    expect(
      await addedBy('yaml', text.replaceAll('an oven', 'any oven').replaceAll('{id}', '{oven}'), 'c.yaml'),
    ).toMatchObject({ value: 0 });
    const postman = {
      info: { name: 'Ovens', schema: 'getpostman.com' },
      item: [
        {
          name: 'Ovens',
          item: [
            { name: 'List', request: { method: 'GET', url: '{{h}}/ovens' } },
            { name: 'Heat', request: { method: 'POST', url: '{{h}}/ovens/:id' } },
          ],
        },
      ],
    };
    expect(await addedBy('json', JSON.stringify(postman), 'd.json')).toMatchObject({ count: 0, value: 0 });
  });

  test('is another kind of source, and half as much another document of the same kind', async () => {
    const tickets = 'Issue key,Summary,Issue Type,Component/s\nB-1,Oven door jams,Bug,Ovens\n';
    expect(await addedBy('csv', tickets, 'e.csv')).toEqual({ count: 1, isOther: true, value: 0.6 });
    const more = api(operation('delete', '/ovens/{id}', ['Ovens'], 'Scrap an oven'));
    expect(await addedBy('yaml', more, 'f.yaml')).toEqual({ count: 1, isOther: false, value: 0.3 });
  });

  test('one document alone makes candidates, however much it says', () => {
    const fact = (n: number, type: EvidenceFact['type']): EvidenceFact => ({
      id: String(n),
      type,
      content: 'bake bread',
      rawData: {},
    });
    const members = Array.from({ length: 50 }, (_, n) => fact(n, n % 2 === 0 ? 'endpoint' : 'payload'));
    const { confidence } = judge({ key: 'k', name: 'n', shared: 'the tag X', members }, 0.95);
    expect(statusOf(confidence)).toBe('candidate');
  });
});

describe('over forty labelled capabilities, each told by four documents', () => {
  test.each([
    ['that thresholds were chosen with', false],
    ['that were held out', true],
  ])('what is confirmed without a reviewer is right: %s', (_name, isHeldOut) => {
    const products = readProducts().filter((product) => product.isHeldOut === isHeldOut);
    const confirmed = products
      .flatMap((product) => inferProduct(product))
      .filter(({ confidence }) => statusOf(confidence) === 'confirmed');
    const pure = confirmed.filter(({ facts }) => new Set(facts.map(({ capability }) => capability)).size === 1);
    expect(confirmed.length).toBeGreaterThanOrEqual(10);
    expect(pure.length / confirmed.length).toBeGreaterThanOrEqual(0.95);
  });
});
