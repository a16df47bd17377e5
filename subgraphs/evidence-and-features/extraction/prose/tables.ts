/** Tables by their header: which column names an item, which states something, and of what kind. */
import { kindOf, namedItem, type ProseType, type SectionKind } from './sections.js';

export interface TableShape {
  /** Why no row of it states anything; null when rows may. */
  readonly silence: string | null;
  readonly idAt: number | null;
  /** The column that states, with what kind it announces; null where none does. */
  readonly statementAt: number | null;
  readonly kind: SectionKind | null;
  readonly kindName: string;
  /** Column that says of what kind each row is. */
  readonly typeAt: number | null;
  /** Further columns without which the statement is not whole, such as the expected result. */
  readonly withAt: readonly number[];
  /** As a, I want, so that; or given, when, then. */
  readonly parts: readonly number[] | null;
}

const idHeader =
  /^(?:id|uid|nr\.?|no\.?|num(?:ber|éro)?|nummer|#|key|ref(?:erence)?|(?:req(?:uirement)?|test|story|use case|anforderungs?|exigence)[ -]?(?:id|no\.?|nr\.?|number|key)|kennung|identifi(?:er|ant))$/i;
const generic =
  /^(?:description|text|statement|specification|detail(?:s|ed description)?|summary|title|beschreibung|titel|aussage|libellé|énoncé|intitulé|what|story|behaviou?r|function|feature|name|item|rule|regel|règle|condition)$/i;
const result =
  /^(?:(?:expected|expected (?:result|behaviou?r|outcome))|result|outcome|behaviou?r|handling|reaction|response|then|erwartet(?:es ergebnis)?|ergebnis|verhalten|reaktion|résultat(?: attendu)?|comportement|value|limit|target|wert|grenzwert|ziel|valeur|cible|measure|metric|input|action|trigger)$/i;
const storyHeaders = [
  /^(?:as an?(?: \.{3}|…)?|role|persona|actor|user|who|als|rolle|en tant que|rôle|acteur)$/i,
  /^(?:i (?:want|need|can)(?: to)?(?: \.{3}|…)?|want|need|goal|what|möchte ich|ich möchte|je veux|besoin)$/i,
];
const scenarioHeaders = [
  /^(?:given|angenommen|gegeben|étant donné)$/i,
  /^(?:when|wenn|quand|lorsque)$/i,
  /^(?:then|dann|alors)$/i,
];
const historyHeaders = [
  /^(?:version|revision|rev\.?|révision)$/i,
  /^(?:date|datum|author|autor|auteur|changes?|änderung|description|modification)/i,
];

export function shapeOf(header: readonly string[], firstColumn: readonly string[]): TableShape {
  const names = header.map((name) =>
    name
      .replace(/[*_`]+/g, '')
      .replace(/\s*:\s*$/, '')
      .trim(),
  );
  const at = (pattern: RegExp): number | null => indexOrNull(names.findIndex((name) => pattern.test(name)));
  const none: TableShape = {
    silence: null,
    idAt: null,
    statementAt: null,
    kind: null,
    kindName: '',
    typeAt: null,
    withAt: [],
    parts: null,
  };
  const isHistory = historyHeaders.every((pattern) => at(pattern) !== null);
  if (isHistory) return { ...none, silence: 'a table of versions' };
  if (
    names.length > 0 &&
    names.every((name) =>
      /^(?:term|abbreviation|acronym|begriff|abkürzung|terme|definition|meaning of term|bedeutung)$/i.test(name),
    )
  ) {
    return { ...none, silence: 'a table of terms' };
  }
  for (const headers of [scenarioHeaders, storyHeaders]) {
    const places = headers.map(at);
    if (places.some((place) => place === null)) continue;
    const more =
      headers === storyHeaders ? at(/^(?:so that|benefit|why|value|damit|nutzen|afin (?:de|que)|bénéfice)/i) : null;
    const parts = [...places, more].filter((place) => place !== null);
    return {
      ...none,
      idAt: at(idHeader),
      parts,
      kind: headers === storyHeaders ? 'requirement' : 'acceptance_criteria',
      kindName: names[parts[0] ?? 0] ?? '',
    };
  }
  const idAt =
    at(idHeader) ?? (firstColumn.length > 0 && firstColumn.every((cell) => namedItem(cell)?.title === '') ? 0 : null);
  const kinds = names.map((name) => (isColumnOfStatements(name) ? kindOf(name) : null));
  const statementAt = indexOrNull(kinds.findIndex((kind, column) => isProse(kind) && column !== idAt));
  const typeAt = at(/^(?:type|kind|category|class|art|typ|kategorie|catégorie)$/i);
  const withAt = names.flatMap((name, column) => (result.test(name) && column !== statementAt ? [column] : []));
  if (statementAt !== null) {
    return {
      ...none,
      idAt,
      statementAt,
      kind: kinds[statementAt] ?? null,
      kindName: names[statementAt] ?? '',
      typeAt,
      withAt,
    };
  }
  const described = names.findLastIndex((name, column) => generic.test(name) && column !== idAt);
  return { ...none, idAt, statementAt: idAt === null ? null : indexOrNull(described), typeAt, withAt };
}

/** `Requirement ID`, `Scenario no.` and `Related requirements` name other things than statements. */
function isColumnOfStatements(name: string): boolean {
  return (
    !idHeader.test(name) &&
    !/\b(?:id|ids|no|nr|number|ref|related|parent|source|covers|traces?|type|status|count)\b\.?/i.test(name) &&
    name.split(/\s+/).length <= 4
  );
}

export function isProse(kind: SectionKind | null): kind is ProseType {
  return kind !== null && kind !== 'informative' && kind !== 'silent' && kind !== 'decision';
}

function indexOrNull(at: number): number | null {
  return at < 0 ? null : at;
}
