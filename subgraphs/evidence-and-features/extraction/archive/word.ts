/** Word documents: headings, paragraphs, lists and tables by the styles that their author gave them. */
import type { Extraction } from '../../domain/document-reading.js';
import { ExtractionError } from '../../domain/extracted-evidence.js';
import { nowhere, plainText, type Block, type ListItem, type TableRow } from '../prose/blocks.js';
import { readProse } from '../prose/extract.js';
import { Ledger } from '../prose/ledger.js';
import { citesKeyWords } from '../prose/norms.js';
import { readXml } from './xml.js';
import type { Unzipped } from './zip.js';

const mostBlocks = 200_000;

export async function extractWord({ entries, others }: Unzipped): Promise<Extraction> {
  const document = entries.get('word/document.xml');
  if (document === undefined) throw new ExtractionError('The file is no Word document: it has no word/document.xml.');
  const builder = new BlockBuilder(headingDepths(entries.get('word/styles.xml')));
  readXml(document, { open: builder.open, text: builder.onText, close: builder.close });
  const blocks = builder.blocks();
  const ledger = new Ledger();
  for (const path of others.filter((each) =>
    /\/(?:comments|footnotes|endnotes|header\d*|footer\d*)\.xml$|\/media\//.test(each),
  )) {
    ledger.pass(path, nowhere, /\/media\//.test(path) ? 'a picture' : 'stands beside the text');
  }
  return readProse({ blocks, ledger, own: null, format: 'Word document', isCapital: citesKeyWords(builder.text) });
}

/** Ids of styles that are headings, in whatever language the document is: their names are in English, or they have a level. */
function headingDepths(styles: Uint8Array | undefined): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  if (styles === undefined) return depths;
  let style = '';
  readXml(styles, {
    open: (name, { styleId, val = '' }) => {
      if (name === 'style') style = styleId ?? '';
      if (name === 'name') {
        const [, depth] = /^heading (\d)$/i.exec(val) ?? [];
        if (depth !== undefined) depths.set(style, Number(depth));
        if (/^title$/i.test(val)) depths.set(style, 1);
      }
      if (name === 'outlineLvl' && style !== '' && !depths.has(style)) depths.set(style, Number(val) + 1);
    },
  });
  return depths;
}

interface Paragraph {
  text: string;
  style: string;
  /** Level in a list, from 0; null outside. */
  level: number | null;
  outline: number | null;
  strong: number;
  isRunStrong: boolean;
}

interface OpenTable {
  readonly rows: string[][];
  /** Paragraphs of the cell at hand. */
  cell: string[] | null;
}

class BlockBuilder {
  readonly #depths: ReadonlyMap<string, number>;
  readonly #flat: (Block | { readonly level: number; readonly block: Block })[] = [];
  readonly #tables: OpenTable[] = [];
  #paragraph: Paragraph | null = null;
  #isText = false;
  #deleted = 0;
  text = '';

  constructor(depths: ReadonlyMap<string, number>) {
    this.#depths = depths;
  }

  readonly open = (name: string, { val = '' }: Readonly<Record<string, string>>): void => {
    const paragraph = this.#paragraph;
    switch (name) {
      case 'p':
        this.#paragraph = { text: '', style: '', level: null, outline: null, strong: 0, isRunStrong: false };
        break;
      case 'pStyle':
        if (paragraph !== null) paragraph.style = val;
        break;
      case 'outlineLvl':
        if (paragraph !== null) paragraph.outline = Number(val);
        break;
      case 'ilvl':
        if (paragraph !== null) paragraph.level = Math.min(20, Number(val) || 0);
        break;
      case 'numId':
        if (paragraph !== null && val === '0') paragraph.level = null;
        break;
      case 'r':
        if (paragraph !== null) paragraph.isRunStrong = false;
        break;
      case 'b':
        if (paragraph !== null) paragraph.isRunStrong = !/^(?:0|false|none)$/.test(val);
        break;
      case 't':
        this.#isText = true;
        break;
      case 'del':
      case 'moveFrom':
        this.#deleted += 1;
        break;
      case 'tab':
        if (paragraph !== null && !this.#isText) paragraph.text += ' ';
        break;
      case 'br':
      case 'cr':
        if (paragraph !== null) paragraph.text += '\n';
        break;
      case 'tbl':
        this.#tables.push({ rows: [], cell: null });
        break;
      case 'tr':
        this.#tables.at(-1)?.rows.push([]);
        break;
      case 'tc': {
        const table = this.#tables.at(-1);
        if (table !== undefined) table.cell = [];
        break;
      }
      default:
        break;
    }
  };

  readonly onText = (text: string): void => {
    const paragraph = this.#paragraph;
    if (!this.#isText || paragraph === null || this.#deleted > 0) return;
    paragraph.text += text;
    if (paragraph.isRunStrong) paragraph.strong += text.trim().length;
  };

  readonly close = (name: string): void => {
    if (name === 't') this.#isText = false;
    else if (name === 'del' || name === 'moveFrom') this.#deleted -= 1;
    else if (name === 'p') this.#endParagraph();
    else if (name === 'tc') this.#endCell();
    else if (name === 'tbl') this.#endTable();
  };

  #endParagraph(): void {
    const paragraph = this.#paragraph;
    this.#paragraph = null;
    if (paragraph === null || paragraph.text.trim() === '') return;
    this.text += `${paragraph.text}\n`;
    const cell = this.#tables.at(-1)?.cell;
    if (cell != null) return void cell.push(paragraph.text.trim());
    const words = paragraph.text.replace(/\s+/g, '').length;
    const text = plainText(paragraph.text.trim(), nowhere, words > 0 && paragraph.strong >= words - 1);
    const depth =
      this.#depths.get(paragraph.style) ??
      (paragraph.outline !== null && paragraph.outline < 9 ? paragraph.outline + 1 : undefined) ??
      fallbackDepth(paragraph.style);
    if (this.#flat.length >= mostBlocks) throw new ExtractionError('The file has too many paragraphs.');
    if (depth !== undefined) this.#flat.push({ kind: 'heading', depth, text });
    else if (paragraph.level === null) this.#flat.push({ kind: 'paragraph', text });
    else this.#flat.push({ level: paragraph.level, block: { kind: 'paragraph', text } });
  }

  #endCell(): void {
    const table = this.#tables.at(-1);
    if (table?.cell == null) return;
    table.rows.at(-1)?.push(table.cell.join('\n'));
    table.cell = null;
  }

  /** A table inside a cell is text of that cell. */
  #endTable(): void {
    const table = this.#tables.pop();
    const [header, ...rows] = table?.rows ?? [];
    if (header === undefined) return;
    const outer = this.#tables.at(-1)?.cell;
    if (outer != null) return void outer.push([header, ...rows].map((row) => row.join('; ')).join('\n'));
    this.#flat.push({
      kind: 'table',
      header: header.map((cell) => cell.replace(/\s+/g, ' ')),
      rows: rows.map((cells): TableRow => ({ cells: cells.map((cell) => plainText(cell)), place: nowhere })),
    });
  }

  /** Paragraphs of a list that follow each other are one list, nested by their levels. */
  blocks(): Block[] {
    const blocks: Block[] = [];
    let run: { readonly level: number; readonly block: Block }[] = [];
    const endRun = (): void => {
      if (run.length > 0) blocks.push(toList(run));
      run = [];
    };
    for (const each of this.#flat) {
      if ('level' in each) run.push(each);
      else {
        endRun();
        blocks.push(each);
      }
    }
    endRun();
    return blocks;
  }
}

function fallbackDepth(style: string): number | undefined {
  const [, depth] = /^(?:heading|berschrift|überschrift|titre)\s?(\d)$/i.exec(style) ?? [];
  return depth === undefined ? undefined : Number(depth);
}

function toList(run: readonly { readonly level: number; readonly block: Block }[]): Block {
  const top = Math.min(...run.map(({ level }) => level));
  const items: ListItem[] = [];
  for (let at = 0; at < run.length;) {
    const first = run[at];
    let end = at + 1;
    while (end < run.length && (run[end]?.level ?? 0) > top) end += 1;
    const inner = run.slice(first?.level === top ? at + 1 : at, end);
    const own = first?.level === top ? [first.block] : [];
    items.push({ blocks: inner.length === 0 ? own : [...own, toList(inner)], place: nowhere });
    at = end;
  }
  return { kind: 'list', items };
}
