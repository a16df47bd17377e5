/** The statements of a Markdown document: its paragraphs, list items and table rows, with the headings above them. */
import type { Nodes, Parents, RootContent } from 'mdast';
import { ExtractionError } from '../../domain/extracted-evidence.js';

export interface Statement {
  /** Outermost first. */
  readonly headings: readonly string[];
  readonly text: string;
  /** In the file, from 1. */
  readonly line: number;
}

/** Lists and quotes inside each other, at most: what people write has a handful. */
const deepest = 50;
const mostNodes = 200_000;

export async function listStatements(text: string): Promise<Statement[]> {
  const [{ fromMarkdown }, { gfmTableFromMarkdown }, { gfmTable }] = await Promise.all([
    import('mdast-util-from-markdown'),
    import('mdast-util-gfm-table'),
    import('micromark-extension-gfm-table'),
  ]);
  const { body, skippedLines } = withoutFrontMatter(text);
  assertShallow(body);
  const root = fromMarkdown(body, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
  const walk = new Walk(skippedLines);
  walk.children(root, 0);
  return walk.statements;
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

class Walk {
  readonly statements: Statement[] = [];
  readonly #headings: { readonly depth: number; readonly text: string }[] = [];
  readonly #skippedLines: number;
  #nodes = 0;

  constructor(skippedLines: number) {
    this.#skippedLines = skippedLines;
  }

  children(parent: Parents, depth: number): void {
    if (depth > deepest) throw new ExtractionError('The file nests lists or quotes too deeply.');
    for (const node of parent.children) this.#node(node, depth);
  }

  #node(node: RootContent, depth: number): void {
    this.#nodes += 1;
    if (this.#nodes > mostNodes) throw new ExtractionError('The file has too many paragraphs.');
    switch (node.type) {
      case 'heading':
        while ((this.#headings.at(-1)?.depth ?? 0) >= node.depth) this.#headings.pop();
        this.#headings.push({ depth: node.depth, text: plain(node) });
        break;
      case 'paragraph':
        this.#add(node, plain(node));
        break;
      case 'table': {
        const [header, ...rows] = node.children;
        const names = (header?.children ?? []).map((cell) => plain(cell));
        for (const row of rows)
          this.#add(
            row,
            sayRow(
              names,
              row.children.map((cell) => plain(cell)),
            ),
          );
        break;
      }
      case 'blockquote':
      case 'list':
      case 'listItem':
        this.children(node, depth + 1);
        break;
      // Code, markup and rules state nothing in words.
      default:
        break;
    }
  }

  #add(node: Nodes, text: string): void {
    const statement = text.replace(/^\[[ xX]\]\s+/, '').trim();
    if (statement === '') return;
    const headings = this.#headings.map((heading) => heading.text).filter((heading) => heading !== '');
    this.statements.push({ headings, text: statement, line: (node.position?.start.line ?? 1) + this.#skippedLines });
  }
}

/** The words of a node, in one line. */
function plain(node: Nodes, depth = 0): string {
  if (depth > deepest) throw new ExtractionError('The file nests emphasis too deeply.');
  if (node.type === 'break') return ' ';
  if ('value' in node) return node.type === 'html' ? '' : node.value.replace(/\s+/g, ' ');
  if (!('children' in node)) return 'alt' in node ? (node.alt ?? '') : '';
  const text = node.children
    .map((child) => plain(child, depth + 1))
    .join('')
    .replace(/\s+/g, ' ');
  return text === ' ' ? '' : text;
}

/** `Name: value; Other: value`, so that a row is understood without its table. */
function sayRow(names: readonly string[], cells: readonly string[]): string {
  return cells
    .map((cell, at) => [names[at]?.trim() ?? '', cell.trim()] as const)
    .filter(([, cell]) => cell !== '')
    .map(([name, cell]) => (name === '' ? cell : `${name}: ${cell}`))
    .join('; ');
}

/** Settings between two lines of `---` at the top are no text. */
function withoutFrontMatter(text: string): { body: string; skippedLines: number } {
  const [frontMatter = ''] = /^\ufeff?---[ \t]*\r?\n[^]*?\r?\n---[ \t]*(?:\r?\n|$)/.exec(text) ?? [];
  return { body: text.slice(frontMatter.length), skippedLines: frontMatter.split('\n').length - 1 };
}
