/** Formats beside prose: what each kind of description, export and office document gives. */
import { describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import type { Extraction } from '../domain/document-reading.js';
import { ExtractionError } from '../domain/extracted-evidence.js';
import { readDocument, type TextType } from '../extraction/index.js';
import { sniffArchive } from '../upload/sniff.js';

const read = (type: TextType, content: string | Uint8Array, filename = `a.${type}`): Promise<Extraction> =>
  readDocument({ type, filename, bytes: typeof content === 'string' ? Buffer.from(content) : content });
const zip = (files: Record<string, string>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])));

/** The first line of each endpoint. */
const places = ({ evidence }: Extraction): string[] =>
  evidence.filter(({ type }) => type === 'endpoint').map(({ content }) => content.split('\n', 1)[0] ?? '');
const schemas = ({ evidence }: Extraction): unknown[] =>
  evidence.filter(({ type }) => type === 'payload').map(({ rawData }) => rawData?.['schema']);

describe('OpenAPI', () => {
  test.each([
    ['openapi: 3.1', 'OpenAPI 3.1'],
    ['openapi: 3', 'OpenAPI 3.0'],
    ['swagger: 2.0', 'Swagger 2.0'],
    ['swagger: 2', 'Swagger 2.0'],
  ])('is known by a version without quotation marks: %s', async (version, format) => {
    const found = await read('yaml', `${version}\npaths:\n  /tides: { get: { summary: List tides } }\n`);
    expect([found.format, places(found)]).toEqual([format, ['GET /tides: List tides']]);
  });

  test('gives webhooks, callbacks and links, and methods of 3.2', async () => {
    const found = await read(
      'yaml',
      `openapi: 3.2.0
webhooks:
  tideTurned: { post: { summary: The tide has turned, tags: [Tides] } }
paths:
  /watches:
    post:
      summary: Watch a harbour
      tags: [Watches]
      callbacks:
        onTurn:
          '{$request.body#/url}': { put: { summary: Tell the watcher } }
      responses:
        '201':
          description: watching
          links: { stop: { operationId: stopWatch }, again: { operationRef: '#/paths/~1watches/post' } }
  /search:
    query: { summary: Search tides }
    additionalOperations: { MOVE: { summary: Move one } }
`,
    );
    expect(places(found)).toEqual([
      'POST /watches: Watch a harbour',
      'PUT {$request.body#/url}: Tell the watcher',
      'QUERY /search: Search tides',
      'MOVE /search: Move one',
      'Webhook tideTurned (POST): The tide has turned',
    ]);
    expect(found.evidence[0]?.rawData?.['links']).toMatchObject([
      { name: 'stop', to: 'stopWatch' },
      { to: 'POST /watches' },
    ]);
    expect(found.evidence[1]?.rawData).toMatchObject({
      callback: 'onTurn',
      callback_of: 'POST /watches',
      tags: ['Watches'],
    });
  });

  test('merges what YAML merges', async () => {
    const text =
      'openapi: 3.0.3\nx-a: &a { tags: [Boats], summary: Shared }\npaths:\n  /boats: { get: { <<: *a }, post: { <<: *a, summary: Own } }\n';
    const found = await read('yaml', text);
    expect(places(found)).toEqual(['GET /boats: Shared', 'POST /boats: Own']);
    expect(found.evidence[1]?.rawData?.['tags']).toEqual(['Boats']);
  });

  test('keeps what values have to meet, in words and for programs', async () => {
    const text = `openapi: 3.1.0
paths:
  /boats: { get: { parameters: [{ name: size, in: query, schema: { type: integer, minimum: 1, maximum: 90 } }] } }
components:
  schemas:
    Boat:
      type: object
      required: [name]
      properties:
        name: { type: string, minLength: 2, maxLength: 40, pattern: '^[A-Z]' }
        mail: { type: [string, 'null'], format: email }
        crew: { type: array, items: { type: string }, minItems: 1, uniqueItems: true }
        kind: { enum: [sail, motor] }
    Registry: { type: object, additionalProperties: { $ref: '#/components/schemas/Boat' } }
    Vessel: { oneOf: [{ $ref: '#/components/schemas/Boat' }, { type: string }], discriminator: { propertyName: kind } }
`;
    const { evidence } = await read('yaml', text);
    expect(evidence[0]?.rawData?.['parameters']).toEqual([
      { name: 'size', in: 'query', required: false, type: 'integer', minimum: 1, maximum: 90 },
    ]);
    expect(evidence[1]?.rawData?.['fields']).toEqual({
      name: { type: 'string', required: true, minLength: 2, maxLength: 40, pattern: '^[A-Z]' },
      mail: { type: 'string or null (email)', required: false, format: 'email' },
      crew: { type: 'array of string', required: false, minItems: 1, uniqueItems: true },
      kind: { type: 'any', required: false, enum: ['sail', 'motor'] },
    });
    expect(evidence[1]?.content).toContain(
      'name (string, required, at least 2 characters, at most 40 characters, matches ^[A-Z])',
    );
    expect(evidence[2]?.content).toBe('Schema Registry: map of Boat');
    expect(evidence[3]?.content).toBe('Schema Vessel: one of Boat, string\nTold apart by kind.');
  });

  test('says which other files it refers to and was not given', async () => {
    const { evidence, passedOver } = await read(
      'yaml',
      "openapi: 3.0.0\npaths: { /a: { $ref: 'paths/a.yaml' }, /b: { get: { summary: B } } }\ncomponents: { schemas: { C: { $ref: 'https://example.com/c.json' } } }\n",
    );
    expect(evidence).toHaveLength(1);
    expect(passedOver.map(({ text, reason }) => [text, reason.replace(/^\S+ /, '')])).toEqual([
      ['https://example.com/c.json', 'stands on the network, from where nothing is fetched'],
      ['paths/a.yaml', 'is another file: upload the files of a description together, as a ZIP archive'],
    ]);
  });

  const set = {
    'api/openapi.yaml':
      "openapi: 3.0.0\npaths: { /boats: { $ref: 'paths/boats.yaml' } }\ncomponents: { schemas: { Boat: { $ref: '../schemas.json#/Boat' } } }\n",
    'api/paths/boats.yaml':
      "post: { summary: Launch, requestBody: { content: { application/json: { schema: { $ref: '../../schemas.json#/Boat' } } } } }\n",
    'schemas.json':
      '{"Boat":{"properties":{"crew":{"type":"array","items":{"$ref":"#/Sailor"}}}},"Sailor":{"properties":{"boat":{"$ref":"#/Boat"}}}}',
    'api/readme.txt': 'hello',
    'other.json': '{"a":1}',
  };

  test('in several files comes as an archive, whose files refer to each other', async () => {
    const bytes = zip(set);
    expect(sniffArchive(bytes, 'api.zip')).toMatchObject({ fileType: 'yaml' });
    const found = await read('yaml', bytes);
    expect([found.format, places(found), schemas(found)]).toEqual([
      'OpenAPI 3.0 in an archive',
      ['POST /boats: Launch'],
      ['Boat', 'Sailor'],
    ]);
    expect(found.evidence[1]?.rawData).toMatchObject({
      used_by: ['POST /boats'],
      file: 'api/openapi.yaml',
      fields: { crew: { type: 'array of Sailor' } },
    });
    expect(found.passedOver).toEqual([
      { text: 'api/readme.txt', reason: 'no file of an API description', line: null, column: null },
    ]);
  });

  test('in an archive without a description is refused, and so is one that would unpack without end', async () => {
    await expect(read('yaml', zip({ 'a.json': '{}' }))).rejects.toThrow(/none of its files is an OpenAPI/);
    const bomb = zipSync({ 'openapi.yaml': new Uint8Array(70_000_000) }, { level: 9 });
    expect(bomb.length).toBeLessThan(100_000);
    await expect(read('yaml', bomb)).rejects.toThrow(
      new ExtractionError('Unpacked, the archive has more than 60000000 bytes.'),
    );
    const damaged = Uint8Array.from(zip(set)).map((byte, at) => (at > 60 && at < 120 ? 0xff : byte));
    await expect(read('yaml', damaged)).rejects.toThrow(ExtractionError);
  });
});

describe('other descriptions', () => {
  test('a Postman collection gives its requests by folder, with the fields of their bodies', async () => {
    const collection = {
      info: { name: 'Harbour', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
      auth: { type: 'bearer' },
      item: [
        {
          name: 'Boats',
          item: [
            {
              name: 'Launch a boat',
              request: {
                method: 'POST',
                url: { raw: '{{host}}/boats?dry=1', path: ['boats'], query: [{ key: 'dry' }] },
                body: { mode: 'raw', raw: '{"name":"Ann","size":{{size}}}' },
              },
            },
            { name: 'Nothing' },
          ],
        },
        { name: 'Ping', request: 'https://example.com/ping' },
      ],
    };
    const found = await read('json', JSON.stringify(collection));
    expect(places(found)).toEqual(['POST /boats: Launch a boat', 'GET /ping: Ping']);
    expect(found.evidence[0]?.rawData).toMatchObject({
      tags: ['Boats'],
      auth: 'bearer',
      request_schema: { name: 'string', size: 'string' },
    });
    expect(found.passedOver.map(({ text }) => text)).toEqual(['Nothing']);
  });

  test.each([
    [
      'two',
      "asyncapi: 2.6.0\nchannels:\n  tide/turned:\n    subscribe: { summary: Hear of turns, message: { $ref: '#/components/messages/Turn' } }\n",
      'SUBSCRIBE tide/turned: Hear of turns',
    ],
    [
      'three',
      "asyncapi: 3.0.0\nchannels: { turns: { address: tide/turned, messages: { turn: { $ref: '#/components/messages/Turn' } } } }\noperations: { hear: { action: receive, channel: { $ref: '#/channels/turns' }, summary: Hear of turns } }\n",
      'RECEIVE tide/turned: Hear of turns',
    ],
  ])('AsyncAPI %s gives operations, messages and schemas', async (_version, text, place) => {
    const components =
      'components: { messages: { Turn: { name: Turn, payload: { properties: { at: { type: string } } } } }, schemas: { Tide: { type: object } } }\n';
    const found = await read('yaml', text + components);
    expect([places(found), schemas(found)]).toEqual([[place], ['Turn', 'Tide']]);
  });

  test('a JSON Schema gives itself and what it defines', async () => {
    const text =
      '{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"Boat","type":"object","properties":{"crew":{"type":"array","items":{"$ref":"#/$defs/Sailor"}}},"$defs":{"Sailor":{"type":"object","properties":{"name":{"type":"string","minLength":1}}}}}';
    const found = await read('json', text);
    expect([found.format, schemas(found)]).toEqual(['JSON Schema', ['Boat', 'Sailor']]);
  });

  test('a GraphQL schema gives the fields of its roots, and its types', async () => {
    const text =
      'type Query {\n  "Boats in a harbour."\n  boats(first: Int!): [Boat!]!\n}\n\ntype Boat { name: String! }\nenum Kind { SAIL MOTOR }\nscalar Knots\n';
    const found = await read('md', text, 'harbour.graphql');
    expect([found.format, places(found), schemas(found)]).toEqual([
      'GraphQL schema',
      ['query boats: Boats in a harbour.'],
      ['Boat', 'Kind'],
    ]);
    expect(found.evidence[0]?.rawData).toMatchObject({
      line: 2,
      column: 3,
      parameters: [{ name: 'first', required: true }],
    });
    await expect(read('md', 'type {', 'a.graphql')).rejects.toThrow(/no GraphQL schema: .*\(line 1\)/);
  });
});

describe('exports of trackers', () => {
  const parents = ({ evidence }: Extraction): unknown[] =>
    evidence
      .filter(({ rawData }) => rawData?.['summary'] !== undefined)
      .map(({ rawData }) => [rawData?.['ticket_key'], rawData?.['parent'], rawData?.['epic']]);

  test.each([
    [
      'by its key',
      'Issue Type,Issue key,Issue id,Summary,Parent,Parent key\nEpic,B-1,10,Boats,,\nStory,B-2,11,Launch,10,B-1\n',
      'B-1',
    ],
    [
      'by its id alone',
      'Issue Type,Issue key,Issue id,Summary,Parent\nEpic,B-1,10,Boats,\nStory,B-2,11,Launch,10\n',
      'B-1',
    ],
    [
      'by an older name',
      'Summary,Issue key,Issue id,Parent id,Issue Type\nBoats,B-1,10,,Epic\nLaunch,B-2,11,10,Story\n',
      'B-1',
    ],
    [
      'in German, with semicolons',
      'sep=;\nVorgangstyp;Schlüssel;Vorgangs-ID;Zusammenfassung;Übergeordnet\nEpic;B-1;10;Boats;\nStory;B-2;11;Launch;10\n',
      'B-1',
    ],
    [
      'in French, with tabs',
      'Type de ticket\tClé de ticket\tRésumé\tParent\nEpic\tB-1\tBoats\t\nStory\tB-2\tLaunch\tB-1\n',
      'B-1',
    ],
  ])('of Jira tell the issue above: %s', async (_how, text, parent) => {
    expect(parents(await read('csv', text))).toEqual([
      ['B-1', null, 'B-1'],
      ['B-2', parent, parent],
    ]);
  });

  test('of Jira say what names no issue, and whose parent is not there', async () => {
    const { evidence, passedOver } = await read(
      'csv',
      'Issue key,Issue id,Summary,Issue Type,Parent\n,1,Lost,Story,\nB-3,3,Anchor,Fehler,99\n',
    );
    expect(evidence.map(({ type }) => type)).toEqual(['bug']);
    expect(passedOver).toEqual([
      { text: '1, Lost, Story', line: 2, column: null, reason: 'has no key or no summary' },
      { text: 'B-3: 99', line: 3, column: null, reason: 'its parent is not in the export' },
    ]);
  });

  test('of Azure DevOps, flat or as a tree, with criteria in HTML', async () => {
    const text =
      'ID,Work Item Type,Title 1,Title 2,State,Tags,Acceptance Criteria\n7,Epic,Boats,,New,,\n8,User Story,,Launch a boat,New,sea; slow,"<div><ul><li>It floats</li><li>It is dry</li></ul></div>"\n9,Bug,,It leaks,New,,\n';
    const found = await read('csv', text);
    expect([found.format, parents(found)]).toEqual([
      'Azure DevOps export (CSV)',
      [
        ['7', null, '7'],
        ['8', '7', '7'],
        ['9', '7', '7'],
      ],
    ]);
    expect(found.evidence.map(({ type, content }) => [type, content])).toEqual([
      ['requirement', '7: Boats'],
      ['requirement', '8: Launch a boat'],
      ['acceptance_criteria', '8 (Launch a boat): It floats'],
      ['acceptance_criteria', '8 (Launch a boat): It is dry'],
      ['bug', '9: It leaks'],
    ]);
    expect(found.evidence[1]?.rawData?.['labels']).toEqual(['sea', 'slow']);
  });

  test('of GitHub, whose labels tell bugs and whose bodies are Markdown', async () => {
    const text =
      'number,title,state,labels,milestone,body\n4,It leaks,open,"bug,sea",,\n5,Launch,open,,Spring,"Do it.\n\n### Acceptance criteria\n\n- [ ] It floats\n"\n';
    const { format, evidence } = await read('csv', text);
    expect([format, evidence.map(({ type, content }) => [type, content.split('\n', 1)[0]])]).toEqual([
      'export of GitHub issues (CSV)',
      [
        ['bug', '#4: It leaks'],
        ['requirement', '#5: Launch'],
        ['acceptance_criteria', '#5 (Launch): It floats'],
      ],
    ]);
    expect(evidence[1]?.rawData?.['components']).toEqual(['Spring']);
  });

  test('a list of requirements with ids is one as well', async () => {
    const { format, evidence } = await read('csv', 'ID,Requirement,Priority\nR-1,The boat floats.,high\nR-2,TBD,low\n');
    expect([
      format,
      evidence.map(({ rawData }) => [rawData?.['item_id'], rawData?.['statement'], rawData?.['line']]),
    ]).toEqual(['list of requirements (CSV)', [['R-1', 'The boat floats.', 2]]]);
  });
});
