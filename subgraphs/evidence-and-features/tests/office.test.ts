/** Word documents and workbooks: what their authors marked up, and nothing that is not theirs. */
import { describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import type { Extraction } from '../domain/document-reading.js';
import { readDocument, type TextType } from '../extraction/index.js';
import { sniffArchive } from '../upload/sniff.js';

const read = (type: TextType, bytes: Uint8Array): Promise<Extraction> => readDocument({ type, filename: 'a', bytes });
const zip = (files: Record<string, string>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])));

describe('office documents', () => {
  const w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
  const p = (text: string, properties = ''): string =>
    `<w:p><w:pPr>${properties}</w:pPr><w:r><w:t>${text}</w:t></w:r></w:p>`;
  const word = (body: string): Uint8Array =>
    zip({
      '[Content_Types].xml': '<Types/>',
      'word/document.xml': `<w:document ${w}><w:body>${body}</w:body></w:document>`,
      'word/styles.xml': `<w:styles ${w}><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>`,
      'word/comments.xml': '<c/>',
    });

  test('a Word document is read by its styles, lists and tables; what was struck out is not', async () => {
    const item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>';
    const cell = (text: string): string => `<w:tc>${p(text)}</w:tc>`;
    const bytes = word(
      [
        p('Boats', '<w:pStyle w:val="berschrift1"/>'),
        p('A boat shall float. It is blue.'),
        '<w:p><w:del><w:r><w:delText>A boat shall fly.</w:delText></w:r></w:del></w:p>',
        p('Acceptance criteria', '<w:pStyle w:val="berschrift1"/>'),
        p('It is dry inside', item),
        p('Limits', '<w:pStyle w:val="berschrift1"/>'),
        `<w:tbl><w:tr>${cell('ID')}${cell('Requirement')}</w:tr><w:tr>${cell('B-1')}${cell('The mast is &lt; 9 m.')}</w:tr></w:tbl>`,
      ].join(''),
    );
    expect(sniffArchive(bytes, 'boats.docx')).toMatchObject({ fileType: 'md' });
    const { format, evidence, passedOver } = await read('md', bytes);
    expect([format, evidence.map(({ type, content }) => [type, content])]).toEqual([
      'Word document',
      [
        ['requirement', 'Boats: A boat shall float.'],
        ['acceptance_criteria', 'Acceptance criteria: It is dry inside'],
        ['requirement', 'Limits: B-1: The mast is < 9 m.'],
      ],
    ]);
    expect(passedOver.map(({ text }) => text)).toEqual(['word/comments.xml', 'It is blue.']);
  });

  test('a workbook is read by its sheets, wherever the header stands; the others are passed over', async () => {
    const row = (cells: readonly string[]): string =>
      `<row>${cells.map((cell) => (cell === '' ? '<c/>' : `<c t="s"><v>${cell}</v></c>`)).join('')}</row>`;
    const strings = ['Issue key', 'Summary', 'Issue Type', 'B-1', 'Launch', 'Story', 'Report of today'];
    const bytes = zip({
      '[Content_Types].xml': '<Types/>',
      'xl/workbook.xml':
        '<workbook xmlns:r="r"><sheets><sheet name="Issues" r:id="a"/><sheet name="Notes" r:id="b"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels':
        '<Relationships><Relationship Id="a" Target="worksheets/one.xml"/><Relationship Id="b" Target="worksheets/two.xml"/></Relationships>',
      'xl/sharedStrings.xml': `<sst>${strings.map((text) => `<si><r><t>${text}</t></r></si>`).join('')}</sst>`,
      'xl/worksheets/one.xml': `<worksheet><sheetData>${row(['6'])}${row(['0', '1', '2'])}${row(['3', '4', '5'])}</sheetData></worksheet>`,
      'xl/worksheets/two.xml':
        '<worksheet><sheetData><row><c t="inlineStr"><is><t>hello</t></is></c></row></sheetData></worksheet>',
    });
    expect(sniffArchive(bytes, 'issues.xlsx')).toMatchObject({ fileType: 'csv' });
    const { format, evidence, passedOver } = await read('csv', bytes);
    expect([format, evidence.map(({ content }) => content), passedOver.map(({ text }) => text)]).toEqual([
      'Jira export (workbook)',
      ['B-1: Launch'],
      ['Notes'],
    ]);
  });

  test('XML that nests without end is refused', async () => {
    await expect(read('md', word('<w:sdt>'.repeat(5_000)))).rejects.toThrow('The file nests too deeply.');
  });
});
