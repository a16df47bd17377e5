/** Texts as their facts say them: without marks, in one line, a row with the names of its columns. */
import type { Place } from '../../domain/document-reading.js';
import { sliceText, type RichText, type TableRow } from './blocks.js';
import { labelOf, type Label } from './labels.js';
import { namedItem } from './sections.js';

export function labelIsKnown({ name, kind }: Label): boolean {
  return kind !== null || /^(?:description|statement|text|summary|story|user story|beschreibung|goal)$/i.test(name);
}

/** "As a: nurse" is a story's part as much as "As a nurse". */
export function withoutColons(text: string): string {
  return text.replace(
    /(?<=^|\n|[*_ ])(as an?|as the|i want(?: to)?|i need|so that|als|möchte ich|ich möchte|damit|en tant que|je veux|afin (?:de|que))([*_]*)\s*:\s*([*_]*)/gi,
    '$1$2$3 ',
  );
}

export function clean(text: string): string {
  return oneLine(text.replace(/^\s*\[[ xX]?\]\s+/, '').replace(/`/g, ''));
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

export function plainTextOf(rich: RichText, fallback: Place): RichText {
  const place = rich.placeAt(0);
  return place.line === null ? { ...rich, placeAt: () => fallback } : rich;
}

export function linesOf(rich: RichText): { readonly text: string; readonly start: number }[] {
  const lines: { text: string; start: number }[] = [];
  let start = 0;
  for (const text of rich.text.split('\n')) {
    if (text.trim() !== '') lines.push({ text, start });
    start += text.length + 1;
  }
  return lines;
}

/** A line that is not the rest of the one before: a task, an item of its own, or a label. */
export function startsAnew(line: string): boolean {
  return (
    /^\s*(?:\[[ xX]?\]\s|[•◦▪]\s)/.test(line) || (namedItem(line)?.title ?? '') !== '' || labelOf(line, false) !== null
  );
}

/** Lines that go on are put to the line before. */
export function joinLines(
  rich: RichText,
  lines: readonly { readonly text: string; readonly start: number }[],
): RichText[] {
  const starts = lines.filter(({ text }, at) => at === 0 || startsAnew(text)).map(({ start }) => start);
  return starts.map((start, at) => {
    const slice = sliceText(rich, start, starts[at + 1] ?? rich.text.length);
    return { ...slice, isStrong: false, text: slice.text.replace(/\n$/, '') };
  });
}

export function sayParts(header: readonly string[], parts: readonly (readonly [number, string])[]): string {
  const opening = ['As a', 'I want', 'so that'];
  const isScenarioTable = /^(?:given|angenommen|gegeben|étant)/i.test(header[parts[0]?.[0] ?? 0] ?? '');
  const words = isScenarioTable ? ['Given', 'When', 'Then'] : opening;
  return parts
    .filter(([, text]) => text !== '')
    .map(([, text], at) =>
      text.toLowerCase().startsWith((words[at] ?? '').toLowerCase()) ? text : `${words[at] ?? ''} ${text}`,
    )
    .join(' ');
}

/** `Name: value; Other: value`, so that a row is understood without its table. */
export function sayRow(header: readonly string[], { cells }: TableRow): string {
  return cells
    .map((cell, at) => [header[at]?.trim() ?? '', oneLine(cell.text)] as const)
    .filter(([, cell]) => cell !== '')
    .map(([name, cell]) => (name === '' ? cell : `${name}: ${cell}`))
    .join('; ');
}
