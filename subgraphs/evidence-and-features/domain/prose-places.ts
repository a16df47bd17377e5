/** Where statements of a text belong: to the item that their author named, or to the headings above them that say what it is about. */
import { isGenericName, withoutNumber } from './generic-names.js';
import type { EvidenceFact, FactPlace } from './evidence-fact.js';
import { namesIn, slugOf, textOf, titleOf } from './structure-names.js';

export class ProseShape {
  /** Facts of each item. */
  readonly #counts = new Map<string, number>();

  constructor(facts: readonly EvidenceFact[]) {
    for (const { rawData } of facts) {
      const item = textOf(rawData['item_id']);
      if (item !== null) this.#counts.set(item, (this.#counts.get(item) ?? 0) + 1);
    }
  }

  placeOf({ rawData }: EvidenceFact): FactPlace | null {
    return this.#itemPlace(rawData) ?? sectionPlace(rawData);
  }

  /** An item of several statements is a thing by itself; a list of requirements of one sentence each is about its heading. */
  #itemPlace(rawData: EvidenceFact['rawData']): FactPlace | null {
    const item = textOf(rawData['item_id']);
    const title = textOf(rawData['item_title']) ?? '';
    if (item === null || (this.#counts.get(item) ?? 0) < 2) return null;
    const isNamed = title !== '' && !isGenericName(title);
    // Numbers repeat from document to document; with their title they mean the same item.
    return {
      key: `item ${slugOf(item)} ${isNamed ? slugOf(title) : ''}`.trim(),
      name: isNamed ? titleOf(title) : null,
      shared: `the item ${item}`,
    };
  }
}

/** The two outermost headings that say something: a chapter, and what it says of one thing. */
function sectionPlace(rawData: EvidenceFact['rawData']): FactPlace | null {
  const title = textOf(rawData['document_title']);
  const all = namesIn(rawData['headings']).map(withoutNumber);
  const outer = all.slice(0, 2).filter((heading) => !isGenericName(heading));
  const headings = outer.length > 0 ? outer : all.filter((heading) => !isGenericName(heading)).slice(0, 1);
  if (headings.length === 0 && title !== null && !isGenericName(title)) headings.push(withoutNumber(title));
  const name = headings.at(-1);
  if (name === undefined) return null;
  return { key: `section ${headings.map(slugOf).join('/')}`, name: titleOf(name), shared: `the heading ${name}` };
}
