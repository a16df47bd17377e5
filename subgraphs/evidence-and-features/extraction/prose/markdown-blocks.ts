/** Markdown to blocks, with the line and column of every word. */
import type { Nodes, Root, RootContent, Table } from 'mdast';
import type { Place } from '../../domain/document-reading.js';
import { ExtractionError } from '../../domain/extracted-evidence.js';
import type { Block, RichText } from './blocks.js';
import { htmlBlocks } from './html-blocks.js';

/** Lists and quotes inside each other, at most: what people write has a handful. */
const deepest = 50;
const mostNodes = 200_000;

/** `skippedLines`: lines of the file before `body`, such as its front matter. */
export async function markdownBlocks(body: string, skippedLines: number): Promise<Block[]> {
  const [{ fromMarkdown }, { gfmTableFromMarkdown }, { gfmTable }] = await Promise.all([
    import('mdast-util-from-markdown'),
    import('mdast-util-gfm-table'),
    import('micromark-extension-gfm-table'),
  ]);
  assertShallow(body);
  const root: Root = fromMarkdown(body, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
  return new Builder(body, skippedLines).blocks(root.children, 0);
}

/** The parser's tree is walked by recursion, its own included: quotes and lists nest by their markers, which can be counted before. */
function assertShallow(text: string): void {
  for (const line of text.split('\n')) {
    const [markers = ''] = /^(?:\s{0,8}(?:>|[-*+]\s|\d{1,9}[.)]\s))+/.exec(line) ?? [];
    if (markers.replace(/\s+/g, '').length > deepest * 3 || /^\s{400}/.test(line)) {
      throw new ExtractionError('The file nests lists or quotes too deeply.');
    }
  }
}

class Builder {
  readonly #lines: readonly string[];
  readonly #skippedLines: number;
  #nodes = 0;

  constructor(body: string, skippedLines: number) {
    this.#lines = body.split(/\r\n?|\n/);
    this.#skippedLines = skippedLines;
  }

  blocks(nodes: readonly RootContent[], depth: number): Block[] {
    if (depth > deepest) throw new ExtractionError('The file nests lists or quotes too deeply.');
    const found: Block[] = [];
    for (let at = 0; at < nodes.length; at += 1) {
      const node = nodes[at];
      if (node === undefined) continue;
      this.#nodes += 1;
      if (this.#nodes > mostNodes) throw new ExtractionError('The file has too many paragraphs.');
      if (node.type !== 'html') {
        found.push(...this.#block(node, depth));
        continue;
      }
      // A blank line ends a piece of HTML for Markdown and not for HTML: pieces that follow each other are one.
      const place = this.#placeOf(node);
      let text = node.value;
      for (let next = nodes[at + 1]; next?.type === 'html'; next = nodes[at + 1]) {
        text += '\n'.repeat(Math.max(1, (next.position?.start.line ?? 0) - (nodes[at]?.position?.end.line ?? 0)));
        text += next.value;
        at += 1;
      }
      found.push(...htmlBlocks(text, place));
    }
    return found;
  }

  #block(node: RootContent, depth: number): Block[] {
    switch (node.type) {
      case 'heading':
        return [{ kind: 'heading', depth: node.depth, text: this.#rich(node) }];
      case 'paragraph':
        return [{ kind: 'paragraph', text: this.#rich(node) }];
      case 'list':
        return [
          {
            kind: 'list',
            items: node.children.map((item) => ({
              blocks: this.blocks(item.children, depth + 1),
              place: this.#placeOf(item),
            })),
          },
        ];
      case 'table':
        return [this.#table(node)];
      case 'blockquote':
        return [{ kind: 'quote', blocks: this.blocks(node.children, depth + 1) }];
      case 'code':
        return [{ kind: 'code', language: node.lang ?? '', text: node.value, place: this.#placeOf(node) }];
      default:
        return [];
    }
  }

  #table(node: Table): Block {
    const [header, ...rows] = node.children;
    return {
      kind: 'table',
      header: (header?.children ?? []).map((cell) => this.#rich(cell).text.replace(/\s+/g, ' ').trim()),
      rows: rows.map((row) => ({ cells: row.children.map((cell) => this.#rich(cell)), place: this.#placeOf(row) })),
    };
  }

  #placeOf(node: Nodes): Place {
    const { line, column } = node.position?.start ?? { line: 1, column: 1 };
    return { line: line + this.#skippedLines, column };
  }

  #rich(node: Nodes): RichText {
    const pieces: Piece[] = [];
    collect(node, pieces, 0);
    let text = '';
    const starts = pieces.map((piece) => {
      const start = text.length;
      text += piece.text;
      return start;
    });
    const worded = pieces.filter((piece) => piece.text.trim() !== '');
    const first = pieces[0];
    return {
      text,
      isStrong: worded.length > 0 && worded.every((piece) => piece.isStrong || /^[\s:.]*$/.test(piece.text)),
      placeAt: (offset) => {
        let at = starts.findLastIndex((start) => start <= offset);
        if (at < 0) at = 0;
        const piece = pieces[at] ?? first;
        if (piece === undefined) return this.#placeOf(node);
        return this.#inside(piece, text.slice(offset), offset - (starts[at] ?? 0));
      },
    };
  }

  /** The parser takes away indentation and decodes characters, so the column is where the word stands in its line. */
  #inside(piece: Piece, rest: string, offset: number): Place {
    const before = piece.text.slice(0, offset);
    const breaks = before.split('\n').length - 1;
    const line = piece.line + breaks;
    const [word = ''] = /^\S+/.exec(rest.trimStart().slice(0, 200)) ?? [];
    const from = breaks === 0 ? Math.max(0, piece.column - 1 + offset) : 0;
    const source = this.#lines[line - 1] ?? '';
    const exact = word === '' ? -1 : source.indexOf(word, Math.max(0, from - 4));
    const column = exact >= 0 ? exact + 1 : breaks === 0 ? from + 1 : source.length - source.trimStart().length + 1;
    return { line: line + this.#skippedLines, column };
  }
}

interface Piece {
  readonly text: string;
  readonly line: number;
  readonly column: number;
  readonly isStrong: boolean;
}

/** The words of a node; code keeps its backticks, so that nothing in it is taken for a word of the sentence. */
function collect(node: Nodes, pieces: Piece[], depth: number, isStrong = false): void {
  if (depth > deepest) throw new ExtractionError('The file nests emphasis too deeply.');
  const { line, column } = node.position?.start ?? { line: 1, column: 1 };
  const add = (text: string): void => void pieces.push({ text, line, column, isStrong });
  if (node.type === 'break') add('\n');
  else if (node.type === 'inlineCode') add(`\`${node.value}\``);
  else if (node.type === 'html') add(/^<br\b/i.test(node.value) ? '\n' : '');
  else if ('value' in node) add(node.value);
  else if ('children' in node) {
    const strong = isStrong || node.type === 'strong' || node.type === 'emphasis';
    for (const child of node.children) collect(child, pieces, depth + 1, strong);
  } else if ('alt' in node) add(node.alt ?? '');
}
