/** Where issues belong: to their epic, or to their parent's; else to their component; else each to itself. */
import { isGenericName } from './generic-names.js';
import type { EvidenceFact, FactPlace } from './evidence-fact.js';
import { namesIn, slugOf, textOf, titleOf } from './structure-names.js';

export class Tickets {
  readonly #issues = new Map<string, EvidenceFact['rawData']>();
  /** Names of issues that are not in the export, as their parts tell them. */
  readonly #told = new Map<string, string>();

  constructor(facts: readonly EvidenceFact[]) {
    for (const { type, rawData } of facts) {
      const key = textOf(rawData['ticket_key']);
      if (key !== null && type !== 'acceptance_criteria') this.#issues.set(key, rawData);
      const [parent, summary] = [textOf(rawData['parent']), textOf(rawData['parent_summary'])];
      if (parent !== null && summary !== null) this.#told.set(parent, summary);
    }
  }

  placeOf(rawData: EvidenceFact['rawData']): FactPlace {
    const epic = this.#epicOf(rawData, 0);
    if (epic !== null) return { key: `ticket ${epic}`, name: this.#nameOf(epic), shared: `the epic ${epic}` };
    const component = namesIn(rawData['components']).find((each) => !isGenericName(each));
    if (component !== undefined) {
      return { key: `component ${slugOf(component)}`, name: titleOf(component), shared: `the component ${component}` };
    }
    const key = textOf(rawData['ticket_key']) ?? '';
    return { key: `ticket ${key}`, name: this.#nameOf(key), shared: `the ticket ${key}` };
  }

  /** Null where only its number is known: that names nothing. */
  #nameOf(key: string): string | null {
    const issue = this.#issues.get(key);
    const name = textOf(issue?.['epic_name']) ?? textOf(issue?.['summary']) ?? this.#told.get(key) ?? null;
    return name === null || name === key ? null : titleOf(name);
  }

  /** Sub-tasks name their story, and the story its epic; two steps are as deep as trackers go. */
  #epicOf(rawData: EvidenceFact['rawData'], steps: number): string | null {
    const epic = textOf(rawData['epic']);
    const parent = textOf(rawData['parent']);
    if (epic !== null || parent === null || steps > 2) return epic;
    const issue = this.#issues.get(parent);
    return issue === undefined ? parent : (this.#epicOf(issue, steps + 1) ?? parent);
  }
}
