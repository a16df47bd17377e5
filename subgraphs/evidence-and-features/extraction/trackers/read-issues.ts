/** The issues of an export of Jira, Azure DevOps or GitHub, each with the epic or issue that it belongs to. */
import type { PassedOver } from '../../domain/document-reading.js';
import { azureColumns, gitHubColumns, jiraColumns, type TrackerKind } from './columns.js';
import { isBug, type Issue } from './issue.js';
import { htmlToLines, toPlainText } from './issue-text.js';
import type { Row, Table } from './rows.js';

export interface ReadIssues {
  readonly issues: readonly Issue[];
  readonly passedOver: readonly PassedOver[];
}

const readers: Readonly<Record<TrackerKind, (table: Table) => ReadIssues>> = {
  jira: readJira,
  azure: readAzure,
  github: readGitHub,
};

export function readIssues(kind: TrackerKind, table: Table): ReadIssues {
  return readers[kind](table);
}

const isEpic = (type: string | null): boolean => /^epic$|^épopée$/i.test(type ?? '');

function passed(row: Row, reason: string): PassedOver {
  return {
    text: row.cells
      .filter((cell) => cell.trim() !== '')
      .slice(0, 5)
      .join(', '),
    line: row.number,
    column: null,
    reason,
  };
}

function readJira({ rows }: Table): ReadIssues {
  const c = jiraColumns;
  const passedOver: PassedOver[] = [];
  const keys = new Map<string, string>();
  const types = new Map<string, string | null>();
  for (const row of rows) {
    const key = row.first(c.key);
    if (key === null) continue;
    types.set(key, row.first(c.type));
    const id = row.first(c.id);
    if (id !== null) keys.set(id, key);
  }
  const issues = rows.flatMap((row): Issue[] => {
    const key = row.first(c.key);
    const summary = row.first(c.summary);
    if (key === null || summary === null) {
      passedOver.push(passed(row, 'has no key or no summary'));
      return [];
    }
    // `Parent` holds an id in one edition and a key in the other.
    const named = row.first(c.parentKey) ?? row.first(c.parent) ?? row.first(c.parentId);
    const parent = named === null ? null : (keys.get(named) ?? (/^\d+$/.test(named) ? null : named));
    if (named !== null && parent === null)
      passedOver.push({
        text: `${key}: ${named}`,
        line: row.number,
        column: null,
        reason: 'its parent is not in the export',
      });
    const type = row.first(c.type);
    const description = row.first(c.description) ?? '';
    return [
      {
        key,
        summary,
        type,
        status: row.first(c.status),
        priority: row.first(c.priority),
        description,
        plainDescription: toPlainText(description),
        criteria: row.all(c.criteria),
        epic:
          row.first(c.epic) ??
          (isEpic(type) ? key : parent !== null && isEpic(types.get(parent) ?? null) ? parent : null),
        epicName: row.first(c.epicName),
        parent,
        parentSummary: row.first(c.parentSummary),
        components: row.all(c.component),
        labels: row.all(c.label).flatMap((label) => label.split(/\s+/)),
        comments: row.all(c.comment),
        row: row.number,
      },
    ];
  });
  return { issues, passedOver };
}

function readAzure({ rows }: Table): ReadIssues {
  const c = azureColumns;
  const passedOver: PassedOver[] = [];
  const types = new Map(rows.map((row) => [row.first(c.key) ?? '', row.first(c.type)]));
  /** In a tree the item above is the last one of a column further left. */
  const above: { readonly column: number; readonly key: string }[] = [];
  const issues = rows.flatMap((row): Issue[] => {
    const key = row.first(c.key);
    const summary = row.first(c.title);
    if (key === null || summary === null) {
      passedOver.push(passed(row, 'has no ID or no title'));
      return [];
    }
    const column = row.placeOf(c.title);
    while ((above.at(-1)?.column ?? -1) >= column) above.pop();
    const parent = row.first(c.parent) ?? above.at(-1)?.key ?? null;
    above.push({ column, key });
    const type = row.first(c.type);
    const description = htmlToLines(row.first(c.description) ?? row.first(c.reproduction) ?? '');
    const area = (row.first(c.area) ?? '').split('\\').filter((part) => part !== '');
    return [
      {
        key,
        summary,
        type,
        status: row.first(c.status),
        priority: row.first(c.priority),
        description,
        plainDescription: toPlainText(description),
        criteria: row.all(c.criteria).map(htmlToLines),
        epic: isEpic(type) ? key : parent !== null && isEpic(types.get(parent) ?? null) ? parent : null,
        epicName: null,
        parent,
        parentSummary: null,
        components: area.length > 1 ? area.slice(-1) : [],
        labels: row.all(c.tags).flatMap((tags) => tags.split(/\s*;\s*/).filter((tag) => tag !== '')),
        comments: row.all(c.comment).map(htmlToLines),
        row: row.number,
      },
    ];
  });
  return { issues, passedOver };
}

function readGitHub({ rows }: Table): ReadIssues {
  const c = gitHubColumns;
  const passedOver: PassedOver[] = [];
  const issues = rows.flatMap((row): Issue[] => {
    const key = row.first(c.key)?.replace(/^(?=\d)/, '#') ?? null;
    const summary = row.first(c.title);
    if (key === null || summary === null) {
      passedOver.push(passed(row, 'has no number or no title'));
      return [];
    }
    const labels = row.all(c.labels).flatMap(toLabels);
    const description = row.first(c.body) ?? '';
    const milestone = row.first(c.milestone);
    return [
      {
        key,
        summary,
        type: row.first(c.type) ?? labels.find((label) => isBug(label.replace(/^(?:type|kind)[:/ ]+/i, ''))) ?? null,
        status: row.first(c.status),
        priority: labels.find((label) => /^(?:p\d|prio)/i.test(label)) ?? null,
        description,
        plainDescription: toPlainText(description),
        criteria: [],
        epic: null,
        epicName: null,
        parent: row.first(c.parent)?.replace(/^(?=\d)/, '#') ?? null,
        parentSummary: null,
        components: milestone === null ? [] : [milestone],
        labels,
        comments: [],
        row: row.number,
      },
    ].map((issue) =>
      isBug((issue.type ?? '').replace(/^(?:type|kind)[:/ ]+/i, '')) ? { ...issue, type: 'bug' } : issue,
    );
  });
  return { issues, passedOver };
}

/** `bug,ui`, `["bug","ui"]` and `[{"name":"bug"}]` are the same two or one. */
function toLabels(cell: string): string[] {
  if (cell.startsWith('[')) {
    try {
      const list: unknown = JSON.parse(cell);
      if (Array.isArray(list)) {
        return list.flatMap((each: unknown) => {
          const name = typeof each === 'object' && each !== null ? (each as { name?: unknown }).name : each;
          return typeof name === 'string' ? [name] : [];
        });
      }
    } catch {
      // A label that begins with a bracket.
    }
  }
  return cell.split(/\s*[,;]\s*/).filter((label) => label !== '');
}
