/** The columns of trackers' exports by what they hold, in the languages that trackers write them in. */

/** `Custom field (Epic Link)`, `Benutzerdefiniertes Feld (Epic-Verknüpfung)`, or the name alone. */
const named = (names: string): RegExp =>
  new RegExp(
    `^(?:(?:custom field|benutzerdefiniertes feld|champ personnalisé|champs personnalisés|campo personalizado) \\()?(?:${names})\\)?$`,
    'i',
  );

export const jiraColumns = {
  key: named(
    '(?:issue |ticket |work item )?key|vorgangsschlüssel|schlüssel|clé(?: d[eu] (?:ticket|demande|l.incident))?|clave(?: de (?:la )?incidencia)?',
  ),
  id: named(
    '(?:issue|work item) id|vorgangs-?id|id|id(?:entifiant)? d[eu] (?:ticket|demande)|id de (?:la )?incidencia',
  ),
  summary: named('summary|zusammenfassung|résumé|récapitulatif|resumen|title'),
  type: named(
    '(?:issue|work) ?(?:item )?type|type|vorgangs(?:typ|art)|typ|type d[eu] (?:ticket|demande)|tipo de incidencia|tipo',
  ),
  status: named('status|état|statut|estado'),
  priority: named('priority|priorität|priorité|prioridad'),
  description: named('description|beschreibung|descripción'),
  epic: named('epic[ -](?:link|verknüpfung)|lien d.epic|enlace de epic'),
  epicName: named('epic[ -]name|nom (?:de l.|d.)epic|nombre de (?:la )?epic'),
  parent: named(
    'parent|übergeordnet(?:er vorgang|es element)?|principal|élément parent|tâche parent[e]?|padre|superior',
  ),
  parentKey: named(
    'parent (?:issue )?key|schlüssel des übergeordneten (?:vorgangs|elements)|clé (?:du )?parent|clave del padre',
  ),
  parentId: named(
    'parent (?:issue )?id|id des übergeordneten (?:vorgangs|elements)|übergeordnete id|id (?:du )?parent|id del padre',
  ),
  parentSummary: named(
    'parent summary|zusammenfassung des übergeordneten (?:vorgangs|elements)|résumé (?:du )?parent|resumen del padre',
  ),
  component: named('components?(?:\\/s)?|komponenten?|composants?|componentes?'),
  label: named('labels?|stichw(?:ö|oe)rter|étiquettes?|etiquetas?'),
  comment: named('comments?|kommentare?|commentaires?|comentarios?'),
  criteria: named(
    'acceptance criteria|acceptance criterion|akzeptanzkriterien|critères d.acceptation|criterios de aceptación',
  ),
} as const;

export const azureColumns = {
  key: /^id$/i,
  type: /^work item type$/i,
  /** A query of a tree has one for each level. */
  title: /^title(?: \d+)?$/i,
  status: /^state$/i,
  priority: /^(?:priority|backlog priority)$/i,
  description: /^description$/i,
  criteria: /^acceptance criteria$/i,
  reproduction: /^repro(?:duction)? steps$/i,
  parent: /^parent(?: id)?$/i,
  area: /^area path$/i,
  tags: /^tags$/i,
  comment: /^(?:history|discussion|comments?)$/i,
} as const;

export const gitHubColumns = {
  key: /^(?:(?:issue )?number|issue|issue id|no\.?|#|iid|issue iid)$/i,
  title: /^title$/i,
  body: /^(?:body|description)$/i,
  status: /^(?:state|status)$/i,
  labels: /^labels?(?:[/.](?:name|\d+(?:[/.]name)?))?$/i,
  milestone: /^milestone(?:[/.]title)?$/i,
  type: /^(?:type|issue type)$/i,
  parent: /^(?:parent|parent issue|parent number)$/i,
  url: /^(?:url|html_url)$/i,
} as const;

export type TrackerKind = 'jira' | 'azure' | 'github';

const has = (header: readonly string[], column: RegExp): boolean => header.some((name) => column.test(name));

/** Which tracker writes such a header; null for none that is known. */
export function trackerOf(header: readonly string[]): TrackerKind | null {
  if (has(header, azureColumns.type) && has(header, azureColumns.key) && has(header, azureColumns.title))
    return 'azure';
  const { key, summary, type } = jiraColumns;
  const isJira =
    header.some((name) => key.test(name) && !/^id$/i.test(name)) &&
    header.some((name) => summary.test(name)) &&
    has(header, type);
  if (isJira) return 'jira';
  const isIssues = has(header, gitHubColumns.key) && has(header, gitHubColumns.title);
  const more = [
    gitHubColumns.body,
    gitHubColumns.labels,
    gitHubColumns.status,
    gitHubColumns.url,
    gitHubColumns.milestone,
  ];
  return isIssues && more.filter((column) => has(header, column)).length >= 2 ? 'github' : null;
}
