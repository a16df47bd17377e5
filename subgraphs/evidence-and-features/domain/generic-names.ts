/** Names that say what kind of text stands below them, and not what it is about: no feature is called so. */

const words = new Set(
  `requirement requirements req reqs specification specifications spec specs srs functional nonfunctional non software system systems business technical
  user users story stories use case cases test tests testing scenario scenarios acceptance criteria criterion definition done ready
  constraint constraints limit limits limitation limitations restriction restrictions edge corner error errors handling failure failures exception exceptions
  overview introduction intro summary abstract background purpose scope context motivation goals goal objectives problem statement vision general description details detail
  decision decisions consequences status notes note rationale appendix annex chapter section part document documents misc miscellaneous other others
  main default api apis rest endpoint endpoints operation operations method methods service services v1 v2 v3 version public private internal
  features feature epic epics issue issues ticket tickets backlog task tasks item items list behaviour behavior rules rule expected actual must should could nice have to
  must-have happy unhappy path paths positive negative valid invalid must haves quality attributes product project of the and a an for in
  anforderung anforderungen funktionale nichtfunktionale nicht akzeptanzkriterien abnahmekriterien randbedingungen einschränkungen testfälle szenarien lastenheft pflichtenheft einleitung überblick allgemein
  exigences exigence fonctionnelles critères acceptation scénarios contraintes généralités présentation introduction cas limites dacceptation d`.split(
    /\s+/,
  ),
);

/** True also for a name of signs and numbers alone. */
export function isGenericName(name: string): boolean {
  const parts = withoutNumber(name)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '');
  return parts.every((part) => words.has(part) || /^\d+$/.test(part));
}

/** `3.2 Opening`, `US-7: Opening` and `## Opening` are called Opening. */
export function withoutNumber(name: string): string {
  return name
    .replace(/[`*_]+/g, (marks) => (marks.includes('_') ? marks : ''))
    .replace(
      /^\s*(?:\d+(?:\.\d+)*[.)]?\s+|§\s*[\d.]+\s*|(?:[A-Z][A-Z0-9]{0,9}[-_. ]?)+\d+(?:[.-]\d+)*\s*(?:[:.)\]–—-]+\s*|$))/u,
      '',
    )
    .trim();
}
