/** Front matter: the YAML at the top of a file, whose title, story and criteria are statements like any other. */
import type { Place } from '../../domain/document-reading.js';
import { nowhere } from './blocks.js';

export interface FrontMatterValue {
  readonly text: string;
  readonly place: Place;
}

export interface FrontMatter {
  readonly body: string;
  /** Lines of the file before the body. */
  readonly skippedLines: number;
  /** Texts and lists of texts by their key, in lower case with `_`; null without front matter, or when it is no YAML. */
  readonly values: ReadonlyMap<string, readonly FrontMatterValue[]> | null;
}

const deepest = 20;

export async function readFrontMatter(text: string): Promise<FrontMatter> {
  const source = text.replace(/^\ufeff/, '');
  const [whole = ''] =
    /^---[ \t]*\r?\n[^]*?\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)|^\+\+\+[ \t]*\r?\n[^]*?\r?\n\+\+\+[ \t]*(?:\r?\n|$)/.exec(
      source,
    ) ?? [];
  if (whole === '') return { body: source, skippedLines: 0, values: null };
  const parts = { body: source.slice(whole.length), skippedLines: whole.split('\n').length - 1 };
  return { ...parts, values: whole.startsWith('---') ? await readValues(whole) : null };
}

async function readValues(whole: string): Promise<FrontMatter['values']> {
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml');
  const { findDeeper } = await import('../../../kernel/yaml/index.js');
  const start = whole.indexOf('\n') + 1;
  const yaml = whole.slice(start, whole.lastIndexOf('\n', whole.trimEnd().length - 1) + 1);
  if (findDeeper(yaml, deepest) !== null) return null;
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines, schema: 'core', uniqueKeys: false });
  const { contents } = document;
  if (document.errors.length > 0 || !isMap(contents)) return null;
  const placeOf = (node: unknown): Place => {
    const range = (node as { range?: readonly number[] | null }).range?.[0];
    if (range === undefined) return nowhere;
    const { line, col } = lines.linePos(range);
    return { line: line + 1, column: col };
  };
  const texts = (node: unknown): FrontMatterValue[] => {
    if (isSeq(node)) return node.items.slice(0, 1_000).flatMap((item) => (isSeq(item) ? [] : texts(item)));
    if (isMap(node)) {
      // `- id: AC-1` with `text: …`, and `- text: …`: what is said stands under one of these.
      const pair = node.items.find(
        ({ key }) => isScalar(key) && /^(?:text|description|criterion|title|statement|name)$/i.test(String(key.value)),
      );
      return pair === undefined ? [] : texts(pair.value);
    }
    if (!isScalar(node) || node.value === null || node.value === '') return [];
    return [{ text: String(node.value).replace(/\s+/g, ' ').trim(), place: placeOf(node) }];
  };
  const values = new Map<string, readonly FrontMatterValue[]>();
  for (const { key, value } of contents.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value)
      .trim()
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .toLowerCase()
      .replace(/[\s-]+/g, '_');
    values.set(name, texts(value));
  }
  return values;
}
