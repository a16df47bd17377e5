/** HTML to blocks: headings, paragraphs, lists and tables, as they stand in Markdown, wikis and exported pages. */
import type { ChildNode, Element } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import type { Place } from '../../domain/document-reading.js';
import { ExtractionError } from '../../domain/extracted-evidence.js';
import { LineStarts } from '../line-starts.js';
import { plainText, type Block, type ListItem, type RichText, type TableRow } from './blocks.js';

const deepest = 100;
const silent = new Set(['script', 'style', 'head', 'template', 'noscript', 'svg', 'iframe', 'object', 'nav']);
const inline = new Set(
  'a abbr b bdi bdo big br cite code data del dfn em font i img ins kbd label mark q s samp small span strike strong sub sup time tt u var wbr input'.split(
    ' ',
  ),
);

/** `place`: where the text begins in its file. */
export function htmlBlocks(html: string, place: Place): Block[] {
  const { children } = parseDocument(html, { withStartIndices: true });
  return new Reader(html, place).blocks(children, 0);
}

class Reader {
  readonly #place: Place;
  readonly #lines: LineStarts;

  constructor(html: string, place: Place) {
    this.#place = place;
    this.#lines = new LineStarts(html);
  }

  blocks(nodes: readonly ChildNode[], depth: number): Block[] {
    if (depth > deepest) throw new ExtractionError('The file nests HTML too deeply.');
    const found: Block[] = [];
    let run: ChildNode[] = [];
    const endRun = (): void => {
      const text = this.#text(run, depth);
      if (text.text.trim() !== '') found.push({ kind: 'paragraph', text });
      run = [];
    };
    for (const node of nodes) {
      if (!isElement(node) || inline.has(node.name)) {
        if (node.type !== 'comment' && node.type !== 'directive') run.push(node);
        continue;
      }
      endRun();
      found.push(...this.#element(node, depth));
    }
    endRun();
    return found;
  }

  #element(node: Element, depth: number): Block[] {
    const { name } = node;
    if (silent.has(name)) return [];
    if (/^h[1-6]$/.test(name)) {
      return [{ kind: 'heading', depth: Number(name[1]), text: this.#text(node.children, depth) }];
    }
    if (name === 'summary' || name === 'caption' || name === 'dt') {
      return [{ kind: 'paragraph', text: { ...this.#text(node.children, depth), isStrong: true } }];
    }
    if (name === 'ul' || name === 'ol') return [{ kind: 'list', items: this.#items(node, depth) }];
    if (name === 'table') return this.#table(node, depth);
    if (name === 'blockquote') return [{ kind: 'quote', blocks: this.blocks(node.children, depth + 1) }];
    if (name === 'pre') {
      return [{ kind: 'code', language: '', text: this.#text(node.children, depth).text, place: this.#placeOf(node) }];
    }
    return this.blocks(node.children, depth + 1);
  }

  #items(list: Element, depth: number): ListItem[] {
    return list.children
      .filter((node) => isElement(node))
      .map((node) => ({ blocks: this.blocks(node.children, depth + 1), place: this.#placeOf(node) }));
  }

  #table(table: Element, depth: number): Block[] {
    const rows = rowsOf(table, 0).map((row) => ({
      isHeader: cellsOf(row).every((cell) => cell.name === 'th'),
      row: {
        cells: cellsOf(row).map((cell) => this.#text(cell.children, depth)),
        place: this.#placeOf(row),
      } satisfies TableRow,
    }));
    const [first, ...rest] = rows.filter(({ row }) => row.cells.length > 0);
    if (first === undefined) return [];
    const header = first.row.cells.map((cell) => cell.text.replace(/\s+/g, ' ').trim());
    return [{ kind: 'table', header, rows: rest.filter(({ isHeader }) => !isHeader).map(({ row }) => row) }];
  }

  /** Words of elements, lines kept at `<br>` and between blocks. */
  #text(nodes: readonly ChildNode[], depth: number): RichText {
    let text = '';
    let strong = 0;
    let all = 0;
    const walk = (children: readonly ChildNode[], level: number, isStrong: boolean): void => {
      if (level > deepest) throw new ExtractionError('The file nests HTML too deeply.');
      for (const node of children) {
        if (node.type === 'text') {
          const words = node.data.replace(/\s+/g, ' ');
          text += words;
          all += words.trim().length;
          if (isStrong) strong += words.trim().length;
        } else if (isElement(node) && !silent.has(node.name)) {
          if (node.name === 'br' || !inline.has(node.name)) text += '\n';
          if (node.name === 'code') text += '`';
          walk(node.children, level + 1, isStrong || /^(b|strong|em|i|u)$/.test(node.name));
          if (node.name === 'code') text += '`';
        }
      }
    };
    walk(nodes, depth, false);
    const first = nodes.find((node) => node.type !== 'text' || node.data.trim() !== '');
    return plainText(
      text.replace(/[ \t]*\n[ \t\n]*/g, '\n').trim(),
      first === undefined ? this.#place : this.#placeOf(first),
      all > 0 && strong >= all - 1,
    );
  }

  #placeOf(node: ChildNode): Place {
    const leading = node.type === 'text' ? node.data.length - node.data.trimStart().length : 0;
    if (this.#place.line === null) return this.#place;
    const { line, column } = this.#lines.at((node.startIndex ?? 0) + leading);
    return { line: this.#place.line + line - 1, column: line === 1 ? column + (this.#place.column ?? 1) - 1 : column };
  }
}

function isElement(node: ChildNode): node is Element {
  return node.type === 'tag' || node.type === 'script' || node.type === 'style';
}

function rowsOf(table: Element, depth: number): Element[] {
  if (depth > 3) return [];
  return table.children
    .filter((node) => isElement(node))
    .flatMap((node) =>
      node.name === 'tr' ? [node] : /^t(head|body|foot)$/.test(node.name) ? rowsOf(node, depth + 1) : [],
    );
}

function cellsOf(row: Element): Element[] {
  return row.children.filter((node) => isElement(node)).filter(({ name }) => name === 'td' || name === 'th');
}
