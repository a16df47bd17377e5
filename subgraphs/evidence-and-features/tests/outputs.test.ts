import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { unlessHanging } from '../../../tests/testkit/hanging.js';
import { openTestDatabase, type TestDatabase } from '../../../tests/testkit/index.js';
import { generateOutput, outputTypes, type OutputType } from '../domain/output-content.js';
import { toMarkdown } from '../domain/output-markdown.js';
import { fact, login } from './login-facts.js';
import { insertDocument, insertFeature } from './rows.js';
import { TestSubgraph } from './subgraph-fixture.js';

describe('templates', () => {
  test('an epic has stories, criteria, contracts and parts, each with what it is from', () => {
    expect(generateOutput('epic', login)).toMatchObject({
      title: 'User login',
      stories: [
        {
          as_a: 'customer',
          i_want: 'to log in with my email',
          so_that: 'I see my orders',
          evidence: 'Evidence:00000000-0000-4000-8000-000000000002',
          acceptance_criteria: [{ text: 'A wrong password is refused' }],
        },
        { as_a: null, i_want: 'Landing page, then the login page', acceptance_criteria: [] },
      ],
      acceptance_criteria: [
        { kind: 'criterion', text: 'A wrong password is refused' },
        { kind: 'constraint', text: 'Passwords have twelve characters or more' },
        { kind: 'edge_case', text: 'An account is locked after ten tries' },
        { kind: 'regression', text: 'The session is lost after a reload' },
      ],
      api_contracts: [{ method: 'POST', path: '/api/auth/login', summary: 'Logs a user in' }],
      parts: [{ feature: 'Feature:00000000-0000-4000-8000-0000000000aa', text: 'Remember me' }],
    });
  });

  test('a contract has for each endpoint what it takes and gives', () => {
    expect(generateOutput('api_contract', login)).toMatchObject({
      endpoints: [
        {
          method: 'POST',
          path: '/api/auth/login',
          auth: 'none',
          request: { body: { email: 'string', password: 'string' } },
          response: {
            200: { description: 'a session', body: { token: 'string' } },
            401: { description: 'wrong password' },
          },
        },
      ],
      payloads: [{ text: 'Credentials: email, password' }],
    });
  });

  test('a text that begins like a story and goes on as none costs no more time than any other', async () => {
    // By the square of its length this would take minutes.
    const facts = [fact(1, 'requirement', `As a ${' '.repeat(400_000)}x`)];
    const { stories } = (await unlessHanging(() => generateOutput('story', { ...login, facts }))) as {
      stories: { as_a: unknown }[];
    };
    expect(stories).toMatchObject([{ as_a: null }]);
  });

  test('content of any size can be shown', () => {
    expect(toMarkdown('epic', { odd: '`a'.repeat(300_000) })).toMatch(/^# Epic\n\n```json\n/);
  });

  test('what two documents say alike is said once', () => {
    const { criteria } = generateOutput('acceptance_criteria', login) as { criteria: unknown[] };
    expect(criteria).toHaveLength(4);
  });

  test.each(outputTypes)('%s of a feature without evidence is empty and can be shown', (type) => {
    const stored = type.toLowerCase() as OutputType;
    const content = generateOutput(stored, { name: 'New', description: null, facts: [], parts: [] });
    expect(toMarkdown(stored, content)).toMatch(/^# .*New\n/);
  });
});

describe('Markdown', () => {
  test('every kind as people read it', () => {
    const shown = outputTypes
      .map((type) => type.toLowerCase() as OutputType)
      .map((type) => toMarkdown(type, generateOutput(type, login)));
    expect(shown.join('\n')).toBe(readFileSync(new URL('user-login.golden.md', import.meta.url), 'utf8'));
  });

  const typesIn = (markdown: string): Set<string> => {
    const found = new Set<string>();
    const walk = (node: { type: string; children?: unknown[] }): void => {
      found.add(node.type);
      for (const child of node.children ?? []) walk(child as { type: string });
    };
    walk(fromMarkdown(markdown));
    return found;
  };

  test('evidence can bring in no HTML, link, picture or heading of its own, whatever it says', () => {
    const piece = fc.constantFrom(
      '<script>',
      '[x](javascript:a)',
      '![y](z)',
      '# h',
      '- l',
      '1. n',
      '> q',
      '```',
      '|',
      '\n\n',
      '***',
      '&lt;',
      '\\',
      'a_b',
      '<!--',
      '~~~',
      '---',
      ' ',
      'word',
      'https://x.example/',
    );
    const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
    const types = fc.constantFrom('endpoint', 'requirement', 'acceptance_criteria', 'bug', 'payload', 'flow' as const);
    fc.assert(
      fc.property(fc.constantFrom(...outputTypes), types, text, text, (type, factType, content, name) => {
        const stored = type.toLowerCase() as OutputType;
        const raw = { method: 'GET', path: content, summary: content };
        const facts = { name, description: content, facts: [fact(1, factType, content, raw)], parts: [] };
        const found = typesIn(toMarkdown(stored, generateOutput(stored, facts)));
        for (const forbidden of ['html', 'link', 'image', 'definition', 'blockquote', 'thematicBreak'])
          expect(found).not.toContain(forbidden);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  test('content from elsewhere is shown too, whatever its shape', () => {
    expect(toMarkdown('acceptance_criteria', { criteria: ['It works', 'It is fast'] })).toBe(
      '# Acceptance criteria\n\n- [ ] It works\n- [ ] It is fast\n',
    );
    expect(toMarkdown('epic', { other: 1 })).toContain('"other": 1');
    expect(toMarkdown('story', 'just text')).toContain('"just text"');
    fc.assert(
      fc.property(fc.constantFrom(...outputTypes), fc.jsonValue(), (type, content) => {
        expect(typeof toMarkdown(type.toLowerCase() as OutputType, content)).toBe('string');
      }),
      { numRuns: 200, seed: 6 },
    );
    for (const type of outputTypes) {
      const odd = {
        title: 1,
        stories: [1, null, { i_want: 2 }],
        endpoints: [null, 'x'],
        payloads: 'x',
        functional: [[]],
      };
      expect(typeof toMarkdown(type.toLowerCase() as OutputType, odd)).toBe('string');
    }
  });
});

describe('in the graph', () => {
  let opened: TestDatabase;
  let subgraph: TestSubgraph;
  beforeAll(async () => {
    opened = await openTestDatabase();
    subgraph = new TestSubgraph(opened.database);
  });
  afterAll(() => opened.close());

  test('outputs are versioned by feature and type, and the same evidence makes no new version', async () => {
    const { evidenceIds } = await insertDocument(
      opened.database,
      'login.md',
      login.facts.map(({ type, content, rawData }) => ({
        type,
        content,
        rawData: (rawData ?? {}) as Record<string, unknown>,
      })),
      { embedded: false },
    );
    const id = await insertFeature(
      opened.database,
      { name: 'User login' },
      evidenceIds.slice(1).map((evidenceId) => ({ evidenceId })),
    );
    const featureId = `Feature:${id}`;
    const generate = (type: string) =>
      subgraph.mutate(
        'featureOutputGenerate',
        { featureId, type },
        'feature { version } featureOutput { id type version isLatest content markdown generatedAt feature { name } }',
      );
    const first = await generate('ACCEPTANCE_CRITERIA');
    expect(first.userErrors).toEqual([]);
    expect(first.featureOutput).toMatchObject({ version: 1, isLatest: true, feature: { name: 'User login' } });
    expect(first.featureOutput.markdown).toContain('- [ ] A wrong password is refused');
    expect((await generate('ACCEPTANCE_CRITERIA')).featureOutput.id).toBe(first.featureOutput.id);
    expect((await generate('STORY')).featureOutput).toMatchObject({ version: 1 });
    await subgraph.mutate('featureEvidenceUnlink', { featureId, evidenceId: `Evidence:${evidenceIds[4] ?? ''}` });
    const second = await generate('ACCEPTANCE_CRITERIA');
    expect(second.featureOutput).toMatchObject({ version: 2, isLatest: true });
    expect(second.featureOutput.markdown).not.toContain('twelve');
    const { data, statements } = await subgraph.ask(
      `query ($id: ID!) { feature(id: $id) {
        outputs(filter: { isLatest: { eq: true }, type: { eq: ACCEPTANCE_CRITERIA } }) { nodes { version markdown content } }
        changes(first: 1) { nodes { action newValues } } } }`,
      { id: featureId },
    );
    expect(data.feature.outputs.nodes).toMatchObject([{ version: 2 }]);
    expect(data.feature.changes.nodes).toMatchObject([
      { action: 'UPDATED', newValues: { output_type: 'acceptance_criteria', output_version: 2 } },
    ]);
    expect(statements).toHaveLength(1);
  });

  test('generated at the same time, versions are numbered without a gap', async () => {
    const featureId = `Feature:${await insertFeature(opened.database, { name: 'Busy' })}`;
    const types = ['EPIC', 'STORY', 'EPIC', 'STORY'];
    await Promise.all(types.map((type) => subgraph.mutate('featureOutputGenerate', { featureId, type })));
    const rows = await opened.database.query(
      'select output_type, version from evidence.feature_outputs where feature_id = $1 order by 1, 2',
      [featureId.slice('Feature:'.length)],
    );
    expect(rows).toEqual([
      { output_type: 'epic', version: 1 },
      { output_type: 'story', version: 1 },
    ]);
  });
});
