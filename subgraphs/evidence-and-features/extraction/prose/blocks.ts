/** Prose as its format left it: headings, paragraphs, lists, tables and code, whether it came from Markdown, HTML or Word. */
import type { Place } from '../../domain/document-reading.js';

/** A text, and the place of each of its characters. Lines of the source are lines here. */
export interface RichText {
  readonly text: string;
  placeAt(offset: number): Place;
  /** Whether all of it is set in bold or italics, as labels are. */
  readonly isStrong: boolean;
}

export interface ListItem {
  readonly blocks: readonly Block[];
  readonly place: Place;
}

export interface TableRow {
  readonly cells: readonly RichText[];
  readonly place: Place;
}

export type Block =
  | { readonly kind: 'heading'; readonly depth: number; readonly text: RichText }
  | { readonly kind: 'paragraph'; readonly text: RichText }
  | { readonly kind: 'list'; readonly items: readonly ListItem[] }
  | { readonly kind: 'table'; readonly header: readonly string[]; readonly rows: readonly TableRow[] }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string; readonly place: Place }
  /** A part that its format marks as no text, with the reason why it is passed over. */
  | { readonly kind: 'other'; readonly what: string; readonly reason: string; readonly place: Place };

export const nowhere: Place = { line: null, column: null };

/** A text without places inside it. */
export function plainText(text: string, place: Place = nowhere, isStrong = false): RichText {
  return { text, isStrong, placeAt: () => place };
}

/** The part of a text from `start` on, with its places. */
export function sliceText(rich: RichText, start: number, end = rich.text.length): RichText {
  return {
    text: rich.text.slice(start, end),
    isStrong: rich.isStrong,
    placeAt: (offset) => rich.placeAt(start + offset),
  };
}
