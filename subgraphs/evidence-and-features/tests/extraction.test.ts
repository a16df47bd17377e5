import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { unlessHanging } from '../../../tests/testkit/hanging.js';
import { packagePath } from '../../kernel/config/index.js';
import { ExtractionError, type ExtractedEvidence } from '../domain/extracted-evidence.js';
import { extractApart } from '../extraction/apart.js';
import { readDocument, type TextType } from '../extraction/index.js';
import { sniffText } from '../upload/sniff.js';

const read = (...path: string[]): Buffer => readFileSync(packagePath(...path));
const extract = async (type: TextType, text: string | Buffer): Promise<readonly ExtractedEvidence[]> =>
  (await readDocument({ type, filename: 'a', bytes: Buffer.from(text) })).evidence;

function counts(evidence: readonly ExtractedEvidence[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { type } of evidence) found[type] = (found[type] ?? 0) + 1;
  return found;
}

async function refusal(type: TextType, text: string | Buffer): Promise<string> {
  const outcome: unknown = await extract(type, text).catch((error: unknown) => error);
  if (!(outcome instanceof ExtractionError)) throw new Error(`expected a refusal, got ${JSON.stringify(outcome)}`);
  return outcome.message;
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

describe('a published OpenAPI 2.0 description in JSON', () => {
  const bytes = read('node_modules', '@netlify', 'open-api', 'dist', 'swagger.json');
  interface Parameter {
    readonly in: string;
    readonly schema?: { readonly properties?: object; readonly allOf?: unknown };
  }
  type PathItem = Record<string, { readonly parameters?: readonly Parameter[] }> & {
    readonly parameters?: readonly Parameter[];
  };
  const document = JSON.parse(bytes.toString()) as {
    readonly paths: Record<string, PathItem>;
    readonly definitions: Record<string, { readonly properties?: Record<string, unknown> }>;
  };

  test('gives an endpoint for each operation and a payload for each schema that has a name or is sent', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      methods
        .filter((method) => item[method] !== undefined)
        .map((method) => ({ path, method, operation: item[method] })),
    );
    const bodies = operations.filter(({ path, operation }) =>
      [...(operation?.parameters ?? []), ...(document.paths[path]?.['parameters'] ?? [])].some(
        ({ in: place, schema }) => place === 'body' && (schema?.properties ?? schema?.allOf) !== undefined,
      ),
    );
    const evidence = await extract('json', bytes);
    expect(counts(evidence)).toEqual({
      endpoint: operations.length,
      payload: Object.keys(document.definitions).length + bodies.length,
    });
    expect(operations.length).toBe(181);
    const places = evidence.flatMap(({ type, rawData }) =>
      type === 'endpoint' ? [`${String(rawData?.['method'])} ${String(rawData?.['path'])}`] : [],
    );
    expect(places.toSorted()).toEqual(
      operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).toSorted(),
    );
  });

  test('says of an operation and of a schema what the document says', async () => {
    const evidence = await extract('json', bytes);
    const endpoint = evidence.find(({ content }) => content.startsWith('GET /sites/{site_id}/database:'));
    expect(endpoint).toMatchObject({
      content: expect.stringContaining('site_id (path, required), role (query)'),
      rawData: { method: 'GET', operation_id: 'getSiteDatabase', tags: ['database'], auth: 'netlifyAuth' },
    });
    const name = 'sniCertificate';
    const payload = evidence.find(({ rawData }) => rawData?.['schema'] === name);
    expect(Object.keys(payload?.rawData?.['fields'] as object)).toEqual(
      Object.keys(document.definitions[name]?.properties ?? {}),
    );
  });
});

describe('a published OpenAPI 3.1 description in YAML', () => {
  const bytes = read('node_modules', '@figma', 'rest-api-spec', 'openapi', 'openapi.yaml');
  const text = bytes.toString();

  test('gives every operation and every schema, through references to shared responses', async () => {
    const evidence = await extract('yaml', bytes);
    const operations = text.match(/^ {4}(get|put|post|delete|patch):$/gm)?.length;
    const schemas =
      text
        .slice(text.indexOf('\n  schemas:\n'))
        .split(/^ {2}\w+:$/m)[1]
        ?.match(/^ {4}\w+:$/gm)?.length ?? 0;
    const named = evidence.filter(({ rawData }) => typeof rawData?.['schema'] === 'string');
    const called = evidence.filter(({ type, rawData }) => type === 'endpoint' && rawData?.['callback'] === undefined);
    expect(called).toHaveLength(operations ?? 0);
    expect(named).toHaveLength(schemas);
    const comment = evidence.find(({ content }) => content.startsWith('POST /v1/files/{file_key}/comments:'));
    expect(comment?.rawData).toMatchObject({
      tags: ['Comments'],
      request_schema: expect.objectContaining({ message: 'string' }),
      responses: expect.objectContaining({ '200': expect.any(String), '404': expect.any(String) }),
    });
    const reaction = evidence.find(({ rawData }) => rawData?.['schema'] === 'Reaction');
    expect(reaction?.rawData?.['used_by']).toContain('GET /v1/files/{file_key}/comments/{comment_id}/reactions');
  });
});

describe('a Jira export', () => {
  const csv = read('subgraphs', 'evidence-and-features', 'tests', 'jira-export.csv').toString();

  test('gives bugs, requirements and their acceptance criteria, with quoted line breaks, commas and repeated columns', async () => {
    const evidence = await extract('csv', csv);
    expect(counts(evidence)).toEqual({ requirement: 5, bug: 2, acceptance_criteria: 7 });
    const story = evidence.find(({ content }) => content.startsWith('PUMP-12:'));
    expect(story?.content).toContain('"hard" limits can\'t be overridden, "soft" ones can');
    expect(story?.content).not.toContain('{code}');
    expect(story?.rawData).toMatchObject({
      ticket_key: 'PUMP-12',
      epic: 'PUMP-1',
      priority: 'Highest',
      labels: ['safety', 'dosing'],
      comments: [
        '04/Feb/26 10:11 AM;owen.blake;Please check mg/h, ml/h and units/h.\n\nThanks!',
        expect.stringContaining('see the attached table'),
      ],
    });
  });

  test('acceptance criteria come from their column, from a heading, and from given, when and then', async () => {
    const criteria = (await extract('csv', csv)).filter(({ type }) => type === 'acceptance_criteria');
    expect(criteria.map(({ content }) => content)).toEqual([
      'PUMP-12 (Refuse a dose above the hard limit, whatever the unit): A dose above the hard limit is refused',
      'PUMP-12 (Refuse a dose above the hard limit, whatever the unit): The refusal names the limit that was exceeded, e.g. "max. 4 mg/h"',
      'PUMP-12 (Refuse a dose above the hard limit, whatever the unit): A dose at the limit is accepted',
      'PUMP-13 (Warn above the soft limit): Given a dose above the soft limit When the nurse confirms it twice Then the pump starts and the override is logged',
      'PUMP-13 (Warn above the soft limit): Given a dose above the soft limit When the nurse confirms it once Then the pump does not start',
      'PUMP-32 (List deliveries by patient, newest first): The list is empty for a patient without deliveries',
      'PUMP-32 (List deliveries by patient, newest first): Each delivery shows its drug and its volume',
    ]);
  });

  test('with semicolons, as some countries export it, is read as well', async () => {
    const rows = 'Issue key;Summary;Issue Type\nA-1;Log in, with a password;Story\n';
    expect(await extract('csv', `\ufeff${rows}`)).toMatchObject([
      { type: 'requirement', content: 'A-1: Log in, with a password' },
    ]);
  });
});

describe('Markdown', () => {
  test('gives statements that demand, limit or test something, with their headings and lines', async () => {
    const evidence = await extract(
      'md',
      [
        '---',
        'title: Must not be read',
        '---',
        '# Pump',
        '',
        'A pump is a device. It must beep when it is empty.',
        '',
        '## Edge cases',
        '- [ ] The network is gone for an *hour*',
        '',
        '## Acceptance criteria',
        '1. The dose is shown',
        '',
        '## Settings',
        '| Name | Meaning |',
        '|---|---|',
        '| rate | at most 4 mg/h |',
        '| name | shown on the screen |',
        '',
        '```',
        'it must not be read',
        '```',
      ].join('\n'),
    );
    expect(evidence.map(({ type, content, rawData }) => [type, content, rawData?.['line']])).toEqual([
      ['requirement', 'Pump: It must beep when it is empty.', 6],
      ['edge_case', 'Pump > Edge cases: The network is gone for an hour', 9],
      ['acceptance_criteria', 'Pump > Acceptance criteria: The dose is shown', 12],
      ['constraint', 'Pump > Settings: Name: rate; Meaning: at most 4 mg/h', 17],
    ]);
  });

  test('of this project gives statements that stand in it', async () => {
    for (const file of ['README.md', 'ARCHITECTURE.md']) {
      const text = read(file).toString();
      const lines = text.split('\n');
      const evidence = await extract('md', text);
      expect(evidence.length).toBeGreaterThan(0);
      for (const { rawData } of evidence) {
        const [word = ''] = /\w{4,}(?=\W*$)/.exec(String(rawData?.['statement'])) ?? [];
        expect(lines.slice(Number(rawData?.['line']) - 1, Number(rawData?.['line']) + 9).join(' ')).toContain(word);
      }
    }
  });
});

describe('what is not read is refused in words for people', () => {
  const bomb = `openapi: 3.1.0\na: &a [x, x, x, x, x, x, x, x, x, x]\n${Array.from('bcdefghi')
    .map(
      (name, at) =>
        `${name}: &${name} [${Array(10)
          .fill(`*${'abcdefghi'[at] ?? ''}`)
          .join(', ')}]`,
    )
    .join('\n')}`;

  test.each<[string, TextType, string | Buffer, RegExp]>([
    ['invalid UTF-8', 'json', Buffer.from([0x7b, 0xff, 0x7d]), /not valid UTF-8/],
    ['compressed bytes named .json', 'json', gzipSync(Buffer.alloc(1_000_000)), /not valid UTF-8/],
    ['broken JSON', 'json', '{"openapi": ', /not valid JSON/],
    ['JSON of another shape', 'json', '{"name": "a package"}', /no OpenAPI description/],
    ['a list', 'json', '[1, 2]', /no OpenAPI description/],
    ['an unknown version', 'json', '{"openapi": "9.0.0"}', /OpenAPI 9.0.0 is not known/],
    ['broken YAML', 'yaml', 'openapi: "3.0.0\npaths: {', /not valid YAML: line \d/],
    ['YAML whose aliases multiply', 'yaml', bomb, /bounds of depth or of aliases/],
    ['YAML that nests without end', 'yaml', `openapi: ${'['.repeat(20_000)}`, /YAML/],
    ['a CSV of another shape', 'csv', 'name,age\nann,42\n', /no Jira export/],
    ['a CSV with an open quote', 'csv', 'Issue key,Summary,Issue Type\nA-1,"open,Story\n', /not valid CSV/],
    ['an export without issues', 'csv', 'Issue key,Summary,Issue Type\n', /no issues/],
    [
      'an export with too many rows',
      'csv',
      `Issue key,Summary,Issue Type\n${'A-1,x,Bug\n'.repeat(20_001)}`,
      /more than 20000 rows/,
    ],
    ['YAML that nests without end', 'yaml', '- '.repeat(50_000), /bounds of depth or of aliases/],
    ['emphasis inside emphasis without end', 'md', `${'*a '.repeat(200)}${'a* '.repeat(200)}`, /too deeply/],
    ['lists inside lists without end', 'md', `${'- '.repeat(5_000)}deep`, /too deeply/],
    ['quotes inside quotes without end', 'md', `${'>'.repeat(5_000)} deep`, /too deeply/],
  ])('%s', async (_name, type, text, message) => {
    expect(await refusal(type, text)).toMatch(message);
  });

  test('deep JSON is walked only as far as anybody reads, and references in circles end', async () => {
    const deep = `${'{"properties":{"a":'.repeat(3_000)}{}${'}}'.repeat(3_000)}`;
    const text = `{"openapi":"3.0.0","paths":{"/a":{"get":{"responses":{}},"$ref":"#/paths/~1a"}},
      "components":{"schemas":{"Deep":${deep},"Ring":{"allOf":[{"$ref":"#/components/schemas/Ring"}]},"Loop":{"$ref":"#/components/schemas/Loop"}}}}`;
    expect(counts(await extract('json', text))).toEqual({ payload: 3 });
  });

  test('schemas that are made of each other many times over are each read once', async () => {
    const parts = (name: string): object => ({
      allOf: Array.from({ length: 400 }, () => ({ $ref: `#/components/schemas/${name}` })),
    });
    const schemas = {
      A: parts('B'),
      B: parts('C'),
      C: parts('D'),
      D: parts('E'),
      // Read once for each way to it, this would be read 25,600 million times.
      E: { properties: { dose: { type: 'number' } } },
    };
    const evidence = await unlessHanging(() =>
      extract('json', JSON.stringify({ openapi: '3.0.0', paths: {}, components: { schemas } })),
    );
    expect(evidence[0]?.rawData?.['fields']).toEqual({ dose: { type: 'number', required: false } });
  });

  test('names that JavaScript objects have anyway are names like any other; NUL and halves of characters are none', async () => {
    const text = `{"openapi":"3.0.0","paths":{"/__proto__":{"get":{"summary":"a\\u0000b\\ud800","responses":{}}}},
      "components":{"schemas":{"__proto__":{"properties":{"constructor":{"type":"string"}}},"toString":{}}}}`;
    const evidence = await extract('json', text);
    expect(counts(evidence)).toEqual({ endpoint: 1, payload: 2 });
    expect(evidence[0]).toMatchObject({
      content: expect.stringContaining('a\ufffdb\ufffd'),
      rawData: { summary: 'a\ufffdb\ufffd' },
    });
    expect(evidence[1]?.content).toContain('constructor (string)');
  });
});

test('an issue full of brackets is read in time that grows with its length', async () => {
  // By the square of their number these would take minutes.
  const brackets = '['.repeat(400_000);
  const evidence = await unlessHanging(() =>
    extract('csv', `Issue key,Summary,Issue Type,Description\nA-1,x,Story,"${brackets}"\n`),
  );
  expect(evidence.length).toBeGreaterThan(0);
});

describe('what a text is', () => {
  test.each([
    ['yaml', 'pump.yaml', '# ours\r\n\r\n%YAML 1.2\r\n---\r\nlimits:\r\n  low: 1\r\n'],
    ['yaml', 'anything', '"openapi": 3.0.0\n'],
    ['md', 'pump.yaml', '# Pump\n\nIt is a pump.\n'],
    ['md', 'pump.md', 'limits: low\n'],
    ['json', 'pump.txt', '\ufeff [{}]'],
    ['md', 'pump.txt', '[here](https://example.com) it is'],
    ['md', 'pump.md', '[[_TOC_]]\n\n# Pump\n'],
    ['md', 'pump.md', '[TOC]\n\n# Pump\n'],
    ['md', 'pump.md', '[ ] it stops\n[x] it starts\n'],
    ['md', 'pump.md', '[1]: https://example.com\n\nA pump.\n'],
    ['md', 'pump.md', '[1], [2] and [3] say so.\n'],
    ['md', 'pump.md', '{% include nav.html %}\n\n# Pump\n'],
    ['md', 'pump.md', '{{< toc >}}\n'],
    ['md', 'pump.md', 'title: Pump\nopenapi: we publish one\n\n# Pump\n'],
    ['md', 'pump.md', '---\ntitle: Pump\nopenapi: 3.1\n---\n\n# Pump\n'],
    ['md', 'pump.md', '# Pump\n\n```yaml\nopenapi: 3.0.0\ninfo: {}\n```\n'],
    ['md', 'pump.feature', 'Feature: Pump, with a comma\n'],
    ['md', 'pump.md', '| a, b | c |\n|---|---|\n'],
    ['json', 'pump.json', '{ broken'],
    ['json', 'pump.md', '{"openapi": "3.0.0", "paths": {}}'],
    ['json', 'pump', '[]'],
    ['yaml', 'pump.txt', '# ours\nopenapi: 3.1\ninfo: {}\n'],
    ['yaml', 'pump.md', '---\nswagger: "2.0"\n'],
    ['csv', 'pump.tsv', 'a\tb\n'],
  ])('is told to be %s by its bytes and, between kinds of text, by its name: %s', (fileType, name, text) => {
    expect(sniffText(text, name).fileType).toBe(fileType);
  });

  test('is told in time that grows with its length, whatever stands in it', () => {
    // Doubling with each line, this would take centuries.
    expect(sniffText(`#\n${'\n'.repeat(64)}!`, 'pump.yaml').fileType).toBe('md');
  });
});

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('a file that is not small is read in a thread of its own', () => {
  const limits = { smallFile: 0, timeMs: 60_000 };
  const { signal } = new AbortController();

  test('with the same result, and the same refusals', async () => {
    const bytes = read('node_modules', '@netlify', 'open-api', 'dist', 'swagger.json');
    const source = { type: 'json', filename: 'swagger.json', bytes } as const;
    expect(await extractApart(source, signal, limits)).toEqual(await readDocument(source));
    const refused = extractApart({ type: 'csv', filename: 'a.csv', bytes: Buffer.from('a,b') }, signal, limits);
    await expect(refused).rejects.toThrow(
      new ExtractionError('The file is no Jira export: it needs the columns Issue key, Summary and Issue Type.'),
    );
  });

  test('so that this one goes on, whatever a file is made of', async () => {
    const bytes = Buffer.from('*a_'.repeat(7_000));
    await expect(extractApart({ type: 'md', filename: 'a.md', bytes }, AbortSignal.timeout(50))).rejects.toThrow(
      /takes longer to read/,
    );
  });

  test('that has an end: what takes longer than there is for one file is refused', async () => {
    const bytes = Buffer.from(`${'*'.repeat(100_000)}a${'*'.repeat(100_000)}`);
    const reading = extractApart({ type: 'md', filename: 'a.md', bytes }, signal, { ...limits, timeMs: 50 });
    collectGarbage();
    await expect(reading).rejects.toThrow(/longer to read than 0.05 s/);
  });
});
