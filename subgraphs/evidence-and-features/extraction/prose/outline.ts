/** The sections of a text: each heading with the blocks up to the next one, and what it announces. */
import { nowhere, type Block, type RichText } from './blocks.js';
import { marks } from './classify.js';
import { bare, kindOf, namedItem, type NamedItem, type SectionKind } from './sections.js';
import { splitSentences } from './sentences.js';
import { isProse } from './tables.js';

export interface Section {
  /** Of the headings above, outermost first, this section's own last. */
  readonly headings: readonly string[];
  readonly heading: RichText | null;
  readonly depth: number;
  readonly kind: SectionKind | null;
  readonly kindName: string;
  /** The item that the heading, or one above it, names. */
  readonly item: NamedItem | null;
  /** Whether the item is named by this section's own heading. */
  readonly isItem: boolean;
  readonly isMarked: boolean;
  readonly blocks: readonly Block[];
}

interface Level {
  readonly depth: number;
  readonly text: string;
  readonly kind: SectionKind | null;
  readonly item: NamedItem | null;
}

/** `title`: the document's, when its heading does not say it. */
export function outline(blocks: readonly Block[], title: string | null, onlyCapitals: boolean): Section[] {
  const sections = listSections(blocks, title, onlyCapitals);
  const [first] = sections;
  // What the title announces holds for lists where nothing below it says more.
  const announced = kindOf(title ?? first?.headings[0] ?? '');
  const isSaid = sections.some(({ kind, isItem }) => isItem || isProse(kind)) || hasNorms(blocks, onlyCapitals);
  if (isSaid || !isProse(announced)) return sections;
  return sections.map((section) =>
    section.kind === null && section.blocks.some(({ kind }) => kind === 'list')
      ? { ...section, kind: announced, kindName: bare(title ?? first?.headings[0] ?? '') }
      : section,
  );
}

function hasNorms(blocks: readonly Block[], onlyCapitals: boolean): boolean {
  return blocks.some((block) => {
    if (block.kind === 'paragraph')
      return splitSentences(block.text.text).some(({ text }) => marks(text, null, onlyCapitals));
    if (block.kind === 'list') return block.items.some((item) => hasNorms(item.blocks, onlyCapitals));
    return (
      block.kind === 'table' &&
      block.rows.some(({ cells }) => cells.some(({ text }) => marks(text, null, onlyCapitals)))
    );
  });
}

function listSections(blocks: readonly Block[], title: string | null, onlyCapitals: boolean): Section[] {
  const levels: Level[] = title === null ? [] : [{ depth: 0, text: title, kind: null, item: null }];
  const isOneTitle = blocks.filter((block) => block.kind === 'heading' && block.depth === 1).length === 1;
  const sections: Section[] = [];
  let own: Block[] = [];
  let heading: RichText | null = null;
  const end = (): void => {
    const known = levels.findLast(({ kind }) => kind !== null);
    const named = levels.findLast(({ item }) => item !== null);
    const kind = known?.kind ?? null;
    if (heading !== null || own.length > 0) {
      sections.push({
        headings: levels.map(({ text }) => text).filter((text) => text !== ''),
        heading,
        depth: levels.at(-1)?.depth ?? 0,
        kind,
        kindName: bare(known?.text ?? ''),
        item: named?.item ?? null,
        isItem: heading !== null && named !== undefined && named === levels.at(-1),
        isMarked: isMarked(own, kind, onlyCapitals),
        blocks: own,
      });
    }
    own = [];
  };
  for (const block of blocks) {
    if (block.kind !== 'heading') {
      own.push(block);
      continue;
    }
    end();
    heading = block.text;
    const text = block.text.text.replace(/\s+/g, ' ').trim();
    while ((levels.at(-1)?.depth ?? -1) >= block.depth) levels.pop();
    if (levels.length === 1 && levels[0]?.text === text) levels.pop();
    const item = itemOf(text);
    const isTitle = block.depth === 1 && isOneTitle;
    levels.push({ depth: block.depth, text, kind: item === null ? headingKind(text, isTitle) : null, item });
  }
  end();
  return sections;
}

/** A decision is no item: what it decides stands in its sections. */
function itemOf(text: string): NamedItem | null {
  const item = namedItem(bare(text));
  return item === null || /^(?:ADR|EPIC)/i.test(item.id) ? null : item;
}

/** A title such as "Requirements of the pump" says what the document is, and not what each of its lists is. */
function headingKind(text: string, isTitle: boolean): SectionKind | null {
  const kind = kindOf(text);
  const isName = bare(text).split(/\s+/).length <= 2;
  return isTitle && kind !== 'silent' && !isName ? null : kind;
}

/** Where lists, tables or scenarios state things, or sentences by their words, the other sentences explain them. */
function isMarked(blocks: readonly Block[], kind: SectionKind | null, onlyCapitals: boolean): boolean {
  return blocks.some(
    (block) =>
      block.kind === 'list' ||
      block.kind === 'table' ||
      block.kind === 'code' ||
      (block.kind === 'paragraph' &&
        splitSentences(block.text.text).some(({ text }) => marks(text, kind, onlyCapitals))),
  );
}

/** The first heading of a text, and where it stands. */
export function titleOf(blocks: readonly Block[]): string | null {
  const first = blocks.find((block) => block.kind === 'heading');
  return first === undefined ? null : first.text.text.replace(/\s+/g, ' ').trim() || null;
}

/** Whether the document says of itself that what it decides holds no longer. */
export function isWithdrawn(sections: readonly Section[], status: string | null): boolean {
  const said = sections.flatMap(({ headings, blocks }) => {
    const texts = blocks.flatMap((block) =>
      block.kind === 'paragraph'
        ? [block.text.text]
        : block.kind === 'list'
          ? block.items.flatMap((item) =>
              item.blocks.flatMap((each) => (each.kind === 'paragraph' ? [each.text.text] : [])),
            )
          : [],
    );
    const isStatus = /^(?:status|statut)$/i.test(bare(headings.at(-1) ?? ''));
    return isStatus ? texts.slice(0, 1) : texts.flatMap((text) => /^\W*status\W*:\W*(\w.*)/i.exec(text)?.[1] ?? []);
  });
  return [status ?? '', ...said].some((text) =>
    /^\W*(?:superseded|deprecated|rejected|withdrawn|abandoned|ersetzt|abgelehnt|verworfen|remplacée?|rejetée?)/i.test(
      text,
    ),
  );
}

export function placeOfSection(section: Section): ReturnType<RichText['placeAt']> {
  return section.heading?.placeAt(0) ?? nowhere;
}
