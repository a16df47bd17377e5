/** Reading prose: what its authors state, item by item and sentence by sentence, with reasons and places. */
import { describe, expect, test } from '@jest/globals';
import { readLabelledDocuments } from '../../../tests/bench/document-reading/labelled-documents.js';
import { qualityOf, score, type Score } from '../../../tests/bench/document-reading/score.js';
import type { Extraction } from '../domain/document-reading.js';
import { readDocument } from '../extraction/index.js';

const read = (text: string, filename = 'a.md'): Promise<Extraction> =>
  readDocument({ type: 'md', filename, bytes: Buffer.from(text) });

interface Told {
  readonly type: string;
  readonly statement: string;
  readonly at: string;
  readonly item: string | null;
}

/** Each fact with its place, and the item it belongs to. */
async function told(text: string, filename?: string): Promise<Told[]> {
  const { evidence } = await read(text, filename);
  return evidence.map(({ type, rawData }) => ({
    type,
    statement: String(rawData?.['statement']),
    at: `${String(rawData?.['line'])}:${String(rawData?.['column'])}`,
    item: (rawData?.['item_id'] as string | undefined) ?? null,
  }));
}

const statements = async (text: string): Promise<string[]> => (await told(text)).map(({ statement }) => statement);

describe('over labelled documents in ten styles', () => {
  test.each([
    ['that the rules were made with', false],
    ['that were held out', true],
  ])('at least nine of ten facts are found, and nine of ten found are facts: %s', async (_name, isHeldOut) => {
    const documents = readLabelledDocuments().filter((document) => document.isHeldOut === isHeldOut);
    const scores: Score[] = [];
    for (const document of documents) {
      const { evidence } = await read(document.text);
      const found = evidence.map(({ type, rawData }) => ({ type, text: String(rawData?.['statement']) }));
      scores.push(score(document, found));
    }
    const { documents: count, precision, recall } = qualityOf(scores);
    expect(count).toBe(30);
    expect(precision).toBeGreaterThanOrEqual(0.9);
    expect(recall).toBeGreaterThanOrEqual(0.9);
  });
});

describe('a sentence that asks for something is a fact of its own', () => {
  test('with the line and column at which it begins', async () => {
    const text = '# Door\n\nThe door MUST open. It is red. A key MAY be lost;\nthe lock MUST NOT jam.\n';
    expect(await told(text)).toEqual([
      { type: 'requirement', statement: 'The door MUST open.', at: '3:1', item: null },
      { type: 'requirement', statement: 'A key MAY be lost', at: '3:32', item: null },
      { type: 'constraint', statement: 'the lock MUST NOT jam.', at: '4:1', item: null },
    ]);
  });

  test('also after a clause of the same item, whose id it keeps', async () => {
    const text = 'Requirement 7 [REQ-7] : the lamp shall glow; it shall also blink; and shall go out at noon.';
    expect((await told(text)).map(({ statement, item }) => [item, statement])).toEqual([
      ['REQ-7', 'the lamp shall glow'],
      ['REQ-7', 'it shall also blink'],
      ['REQ-7', 'and shall go out at noon.'],
    ]);
  });

  test.each([
    ['German', 'Das Tor muss nachts schließen. Es ist grün. Das Tor darf bei Sturm nicht öffnen.', 2],
    ['French', 'La porte doit fermer la nuit. Elle est verte. La porte ne doit pas s’ouvrir au vent.', 2],
    ['English', 'The gate shall close at night. It is green. The gate shall not open in a storm.', 2],
  ])('in %s', async (_language, text, count) => {
    expect(await statements(text)).toHaveLength(count);
  });

  test.each([
    'You must install it first.',
    'It must have been late.',
    'This need not be done.',
    'Must it be done?',
    'We have to remember this.',
    'The word "must" is short.',
    'Call `must` first.',
    'The key words "MUST" and "MAY" are to be interpreted as described in RFC 2119.',
    'A call that must be answered is urgent.',
    'TBD',
    'See https://example.com',
  ])('and no fact is: %s', async (text) => {
    expect(await statements(`# Notes on dependencies\n\n${text}\n`)).toEqual([]);
  });

  test('where RFC 2119 is cited, only in capitals', async () => {
    const text = 'Key words are used as in RFC 2119.\n\nA door must be red. A door MUST be shut.';
    expect(await statements(text)).toEqual(['A door MUST be shut.']);
  });
});

describe('an item that its author names is one', () => {
  test('by a heading, with all its sentences where none asks for something', async () => {
    const text =
      '## REQ-1: Opening\n\nThe door opens by itself. It needs a second.\n\nRationale: it must be easy.\n\n## REQ-2: The door shall shut\n\n## REQ-3 (deleted)\n';
    expect((await told(text)).map(({ statement, item }) => [item, statement])).toEqual([
      ['REQ-1', 'Opening. The door opens by itself. It needs a second.'],
      ['REQ-2', 'The door shall shut'],
    ]);
  });

  test('of OpenFastTrace, whose links and reasons are none of its text', async () => {
    const text =
      '### Knocking\n`req~knocking~2`\n\nThe door answers a knock.\n\nRationale:\n\nIt must be polite.\n\nCovers:\n\n- feat~manners~1\n\nNeeds: dsn\n';
    const [fact, ...more] = await told(text);
    expect(more).toEqual([]);
    expect(fact).toMatchObject({ item: 'req~knocking~2', statement: 'Knocking. The door answers a knock.' });
    const long =
      '# Functional requirements\n\n## Lock\n`req~lock~1`\n\nA lock has:\n\n* a key\n* a bolt\n\nIt shall close. It shall open.\n\nRationale:\n\n* Thieves exist.\n\nThey must be kept out.\n\nNeeds: dsn\n';
    expect((await told(long)).map(({ statement }) => statement)).toEqual([
      'Lock. A lock has: a key; a bolt It shall close. It shall open.',
    ]);
  });

  test('in a row of a table in Markdown or in HTML', async () => {
    const text =
      '| ID | Requirement |\n|---|---|\n| D-1 | The door is light. |\n\n<table><tr><th>ID</th><th>Requirement</th></tr>\n<tr><td>D-2</td><td>The door is quiet.</td></tr></table>\n';
    expect((await told(text)).map(({ statement, item, at }) => [item, statement, at])).toEqual([
      ['D-1', 'The door is light.', '3:9'],
      ['D-2', 'The door is quiet.', '6:21'],
    ]);
  });

  test('with what its list says of it, each with the item above it', async () => {
    const text = '## Constraints\n\n1. Size:\n   - 2 m high\n   - 1 m wide\n2. Colour\n   1. Outside\n      - green\n';
    expect(await statements(text)).toEqual(['Size: 2 m high', 'Size: 1 m wide', 'Colour: Outside: green']);
  });
});

describe('criteria are told', () => {
  test.each([
    ['by a heading', '### Acceptance Criteria\n\n'],
    ['by words in bold', '**Acceptance criteria:**\n\n'],
    ['by a line before them', 'Acceptance criteria:\n\n'],
    ['in German', '**Akzeptanzkriterien**\n\n'],
    ['in French', '#### Critères d’acceptation\n\n'],
    ['in HTML', '<details><summary>Acceptance criteria</summary>\n\n'],
  ])('%s', async (_how, opening) => {
    const facts = await told(`# Dependencies\n\n${opening}- [ ] It opens\n- [x] It shuts\n\n**Priority:** high\n`);
    expect(facts.map(({ type, statement }) => [type, statement])).toEqual([
      ['acceptance_criteria', 'It opens'],
      ['acceptance_criteria', 'It shuts'],
    ]);
  });
});

describe('a user story is one requirement', () => {
  test.each([
    'As a guest, I want to ring so that somebody opens.',
    'As the landlord I need the key.',
    "As a guest, I'd like to knock.",
    '**As a** guest\n**I want** to ring\n**So that** somebody opens',
    '- As a: guest\n- I want: to ring\n- So that: somebody opens',
    'Als Gast möchte ich klingeln, damit jemand öffnet.',
    'En tant que visiteur, je veux sonner afin qu’on m’ouvre.',
  ])('%s', async (text) => {
    const facts = await told(text);
    expect(facts.map(({ type }) => type)).toEqual(['requirement']);
  });

  test('in front matter, with its criteria and the scenarios below; settings are passed over with their place', async () => {
    const text =
      '---\ngxp_id: US-9\ntitle: Ring the bell\nas_a: guest\ni_want: to ring\nso_that: somebody opens\nacceptance_criteria:\n  - The bell is heard\npriority: high\n---\n\n## Test Scenarios\n\n1. **Night**: no bell at night\n';
    expect(await told(text)).toEqual([
      { type: 'requirement', statement: 'As a guest, I want to ring, so that somebody opens', at: '4:7', item: 'US-9' },
      { type: 'acceptance_criteria', statement: 'The bell is heard', at: '8:5', item: 'US-9' },
      { type: 'acceptance_criteria', statement: 'Night: no bell at night', at: '14:6', item: 'US-9' },
    ]);
    const { passedOver, evidence } = await read(text);
    expect(passedOver).toEqual([
      { text: 'priority: high', line: 9, column: 11, reason: 'a setting of the front matter' },
    ]);
    expect(evidence[2]?.content).toBe('Ring the bell > Test Scenarios: US-9: Night: no bell at night');
  });
});

describe('Gherkin', () => {
  const feature = [
    'Feature: Bells',
    '  As a guest',
    '  I want to ring',
    '',
    '  Background:',
    '    Given a bell',
    '',
    '  Scenario: By day',
    '    When she rings',
    '    Then it is heard',
    '',
    '  Scenario Outline: At times',
    '    When she rings at <hour>',
    '    Then it is <heard>',
    '',
    '    Examples:',
    '      | hour | heard |',
    '      | 12   | heard |',
    '      | 24   | mute  |',
  ].join('\n');

  test('gives its story, and a criterion for each scenario and each row of an outline', async () => {
    expect(await told(feature, 'bells.feature')).toEqual([
      { type: 'requirement', statement: 'As a guest I want to ring', at: '2:3', item: null },
      {
        type: 'acceptance_criteria',
        statement: 'By day: Given a bell When she rings Then it is heard',
        at: '8:3',
        item: null,
      },
      {
        type: 'acceptance_criteria',
        statement: 'At times (hour: 12, heard: heard): Given a bell When she rings at 12 Then it is heard',
        at: '18:7',
        item: null,
      },
      {
        type: 'acceptance_criteria',
        statement: 'At times (hour: 24, heard: mute): Given a bell When she rings at 24 Then it is mute',
        at: '19:7',
        item: null,
      },
    ]);
  });

  test('is read in its own language, whether it says so or not', async () => {
    const text = 'Funktionalität: Klingel\n\n  Szenario: Tags\n    Angenommen eine Klingel\n    Dann hört man sie\n';
    for (const source of [text, `# language: de\n${text}`]) {
      const { format, evidence } = await read(source, 'klingel.feature');
      expect([format, evidence.map(({ content }) => content)]).toEqual([
        'Gherkin',
        ['Klingel: Tags: Angenommen eine Klingel Dann hört man sie'],
      ]);
    }
  });

  test('in a block of Markdown stands where it stands; one that is broken is passed over with the reason', async () => {
    const block = (body: string): string => `# Bells\n\n\`\`\`gherkin\n${body}\n\`\`\`\n`;
    expect(await told(block('Scenario: a\n  Given b\n  Then c'))).toEqual([
      { type: 'acceptance_criteria', statement: 'a: Given b Then c', at: '4:1', item: null },
    ]);
    const { evidence, passedOver } = await read(block('Scenario: a\n  Given b\n  what is this'));
    expect(evidence).toEqual([]);
    expect(passedOver[0]?.reason).toMatch(/can’t be read/);
  });

  test('in a file named so that is none is refused', async () => {
    await expect(read('Given that all is well', 'a.feature')).rejects.toThrow(/not valid Gherkin/);
  });
});

describe('a decision binds', () => {
  const adr = (status: string): string =>
    `# 4. Paint dependencies green\n\n## Status\n\n${status}\n\n## Context\n\nDoors must be seen.\n\n## Decision\n\nWe will paint all dependencies green. Green is cheap.\n\n## Consequences\n\n- Painters have to come\n`;

  test('while it holds, and only what was decided', async () => {
    expect(await told(adr('Accepted'))).toMatchObject([
      { type: 'constraint', statement: 'We will paint all dependencies green.' },
    ]);
  });

  test('and not once it was superseded', async () => {
    expect(await told(adr('Superseded by 9'))).toEqual([]);
  });
});

test('every fact says by what it was told, and everything else why it is none', async () => {
  const { evidence, passedOver } = await read(
    '# Door\n\nThe door must open.\n\nIt is red.\n\n## Glossary\n\nA hinge must be oiled.\n\n```js\nmust()\n```\n',
  );
  expect(evidence.map(({ rawData }) => rawData?.['reason'])).toEqual(['“must”']);
  expect(passedOver).toEqual([
    { text: 'It is red.', line: 5, column: 1, reason: 'asks for nothing' },
    {
      text: 'A hinge must be oiled.',
      line: 9,
      column: 1,
      reason: '“Glossary” holds nothing that the document asks for',
    },
    { text: 'must()', line: 11, column: 1, reason: 'a block of code' },
  ]);
});
