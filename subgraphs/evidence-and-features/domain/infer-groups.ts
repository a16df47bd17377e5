/** Groups of evidence by what its sources share: the tag or path of an API, an epic or ticket, an item or a heading. */
import { ApiShape } from './api-places.js';
import { sayingOf, sourceKindOf, type EvidenceFact, type FactPlace } from './evidence-fact.js';
import { nameOfTexts } from './feature-names.js';
import { ProseShape } from './prose-places.js';
import { Tickets } from './ticket-places.js';

export interface EvidenceGroup {
  /** The same for the same structure in another document of the same repository. */
  readonly key: string;
  readonly name: string;
  /** What its members share, in words: `the tag Comments`. */
  readonly shared: string;
  readonly members: readonly EvidenceFact[];
}

export interface Grouping {
  readonly groups: readonly EvidenceGroup[];
  /** What shares no structure with anything. */
  readonly rest: readonly EvidenceFact[];
}

/** `scope` keeps apart what has equal names in different products: a repository, or the document itself. */
export function groupByStructure(facts: readonly EvidenceFact[], scope: string): Grouping {
  const shapes = { api: new ApiShape(facts), tickets: new Tickets(facts), prose: new ProseShape(facts) };
  const groups = new Map<string, FactPlace & { readonly members: EvidenceFact[] }>();
  const rest: EvidenceFact[] = [];
  for (const fact of facts) {
    const place = placeOf(fact, shapes);
    if (place === null) {
      rest.push(fact);
      continue;
    }
    const key = `${scope} | ${place.key}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { ...place, key, members: [fact] });
    else group.members.push(fact);
  }
  const named = [...groups.values()].map((group) => ({
    ...group,
    name: group.name ?? nameOfTexts(group.members.map(sayingOf)),
  }));
  return { groups: named, rest };
}

interface Shapes {
  readonly api: ApiShape;
  readonly tickets: Tickets;
  readonly prose: ProseShape;
}

function placeOf(fact: EvidenceFact, { api, tickets, prose }: Shapes): FactPlace | null {
  const kind = sourceKindOf(fact);
  if (kind === 'api') return api.placeOf(fact);
  return kind === 'ticket' ? tickets.placeOf(fact.rawData) : prose.placeOf(fact);
}
