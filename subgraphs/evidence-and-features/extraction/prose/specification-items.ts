/** Items as OpenFastTrace writes them: an id alone on its line, what it demands, and then its properties by name. */
import type { Place } from '../../domain/document-reading.js';
import { sliceText, type Block } from './blocks.js';
import { labelOf } from './labels.js';
import { specificationId } from './sections.js';
import { oneLine } from './wording.js';

export interface SpecificationItem {
  readonly id: string;
  readonly place: Place;
  /** All that it demands, up to the first property. */
  readonly description: string;
  /** Its properties, and whatever else stands below it. */
  readonly rest: readonly Block[];
}

export interface WithItems {
  /** What stands above the first item. */
  readonly before: readonly Block[];
  readonly items: readonly SpecificationItem[];
}

/** An item is one statement: its author gave it one id and one revision, however many sentences it takes. */
export function splitItems(blocks: readonly Block[]): WithItems {
  const starts = blocks.flatMap((block, at) => (idOf(block) === null ? [] : [at]));
  const items = starts.map((start, n) => toItem(blocks.slice(start, starts[n + 1])));
  return { before: blocks.slice(0, starts[0]), items };
}

function idOf(block: Block | undefined): string | null {
  return block?.kind === 'paragraph' ? specificationId(block.text.text.split('\n', 1)[0] ?? '') : null;
}

function toItem([first, ...following]: readonly Block[]): SpecificationItem {
  if (first?.kind !== 'paragraph') throw new Error('an item begins with its id');
  const line = first.text.text.indexOf('\n');
  const more: Block[] = line < 0 ? [] : [{ kind: 'paragraph', text: sliceText(first.text, line + 1) }];
  const all = [...more, ...following];
  // `Rationale:` alone on its line goes on to the end; `Status: draft` is over with its line.
  const end = all.findIndex((block) => propertyOf(block) === 'section');
  const own = end < 0 ? all : all.slice(0, end);
  return {
    id: idOf(first) ?? '',
    place: first.text.placeAt(0),
    description: oneLine(
      own
        .filter((block) => propertyOf(block) === null)
        .map(textOf)
        .join(' ')
        .replace(/`/g, ''),
    ),
    rest: [...own.filter((block) => propertyOf(block) !== null), ...(end < 0 ? [] : all.slice(end))],
  };
}

function propertyOf(block: Block): 'line' | 'section' | null {
  if (block.kind !== 'paragraph') return null;
  const label = labelOf(block.text.text.split('\n', 1)[0] ?? '', block.text.isStrong);
  if (label?.kind !== 'silent' && label?.kind !== 'informative') return null;
  return label.value === '' && !block.text.text.includes('\n') ? 'section' : 'line';
}

function textOf(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return block.text.text;
    case 'list':
      return block.items.map(({ blocks }) => blocks.map(textOf).join(' ')).join('; ');
    case 'quote':
      return block.blocks.map(textOf).join(' ');
    case 'table':
      return block.rows.map(({ cells }) => cells.map(({ text }) => text).join(', ')).join('; ');
    default:
      return '';
  }
}
