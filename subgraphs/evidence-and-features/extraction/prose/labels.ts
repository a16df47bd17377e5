/** Labels inside a text: `**Acceptance criteria:**`, `Rationale: …`, `Priority: High`. */
import { kindOf, type SectionKind } from './sections.js';

export interface Label {
  readonly name: string;
  readonly kind: SectionKind | null;
  /** What stands behind it on its line; empty when it announces what follows. */
  readonly value: string;
  /** Offset of the value in the line. */
  readonly valueAt: number;
}

/** Names of an item's properties, which state nothing by themselves. */
const properties =
  /^(?:priority|prio|status|state|estimat(?:e|ion)s?|story ?points?|points|effort|size|author|owner|assignee|reporter|date|created|updated|version|revision|labels?|tags?|sprint|release|milestone|epic|feature|type|kind|category|id|uid|key|source|origin|needs|covers|depends(?: on)?|dependenc(?:y|ies)|refs?|references?|related(?: to)?|relations?|parents?|children|links?|traces?(?: to)?|verification(?: method)?|method|risk|severity|stakeholders?|component|module|iteration|deciders?|decision[- ]makers?|consulted|informed|supersed(?:es|ed by)|level|gxp[- _]\w+|priorität|aufwand|schätzung|autor|datum|quelle|priorité|statut|auteur|estimation|team|reviewers?|approved by|document (?:id|no|number|version)|effort)$/i;
const explanations =
  /^(?:rationale|reason|why|background|context|comments?|examples?|e\.g|motivation|discussion|notes?|remarks?|hint|tip|info|explanation|begründung|beispiele?|anmerkung|hinweis|bemerkung|justification|exemples?|remarque|commentaire)$/i;
const values =
  /^(?:description|statement|text|summary|story|user story|beschreibung|description détaillée|énoncé|titre|title|titel|goal)$/i;

/** Null for a line that is a sentence, whatever colons it has. */
export function labelOf(line: string, isStrong: boolean): Label | null {
  const [whole = '', marked, name = '', , colon = ''] =
    /^(\s*[*_]{0,3}\s*)([\p{L}][\p{L}\p{N} /&()'’.-]{0,60}?)\s*([*_]{0,3})\s*([:：]|$)/u.exec(line) ?? [];
  if (marked === undefined || (colon === '' && !isStrong)) return null;
  const valueAt = whole.length + (/^[\s*_]*/.exec(line.slice(whole.length))?.[0].length ?? 0);
  const value = line.slice(valueAt).trim();
  const kind = labelKind(name.trim());
  if (value !== '' && kind === undefined) return null;
  return { name: name.trim(), kind: kind ?? null, value, valueAt };
}

/** Undefined for a name that is no known label. */
function labelKind(name: string): SectionKind | null | undefined {
  if (properties.test(name)) return 'silent';
  if (explanations.test(name)) return 'informative';
  if (values.test(name)) return null;
  if (name.split(/\s+/).length > 5) return undefined;
  return kindOf(name) ?? undefined;
}
