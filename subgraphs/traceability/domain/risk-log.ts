/** The risk log, `.gxp/risk_assessment.log`: entries of Markdown, or one line for each as earlier drafts have it. */
import { readText, type ArtifactFile } from './file-text.js';
import { quoted, type ProblemSink } from './problems.js';
import { findValue, riskRatings, textLimits, toEnumSpelling, type RiskRating } from './values.js';

const riskStatuses = ['OPEN', 'MITIGATED', 'ACCEPTED', 'CLOSED'] as const;
export type RiskStatus = (typeof riskStatuses)[number];

export interface Risk {
  readonly gxpId: string;
  readonly title: string;
  readonly path: string;
  readonly line: number;
  readonly riskRating: RiskRating | null;
  /** Null when the entry says none that is known. */
  readonly status: RiskStatus | null;
  /** As written. */
  readonly date: string | null;
  readonly author: string | null;
  readonly component: string | null;
  readonly description: string | null;
  readonly impact: string | null;
  readonly mitigation: string | null;
  /** Requirements, stories and specifications that the entry names, each once. */
  readonly relatedIds: readonly string[];
}

export function isRiskLogPath(path: string): boolean {
  return /(?:^|\/)\.gxp\/risk_assessment\.(?:log|md)$/i.test(path);
}

const maxRisks = 10_000;

/** Every entry that has an id. One that an earlier entry has already is flagged with its line, and left out. */
export function parseRiskLog(file: ArtifactFile, sink: ProblemSink): readonly Risk[] {
  const text = readText(file, sink);
  if (text === null) return [];
  const risks = new Map<string, Risk>();
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (risks.size >= maxRisks) break;
    const entry = ofHeading(lines, index) ?? ofLine(line);
    if (entry === null) continue;
    if (risks.has(entry.id)) {
      sink.flag('DUPLICATE_ID', index + 1, `${quoted(entry.id)} stands in the log already; the first entry counts.`);
      continue;
    }
    risks.set(entry.id, toRisk(entry, file.path, index + 1));
  }
  return [...risks.values()];
}

interface Entry {
  readonly id: string;
  readonly title: string | null;
  readonly text: string;
  /** By name in lower case. */
  readonly fields: ReadonlyMap<string, string>;
}

const idOfRisk = 'RISK(?:-[A-Z0-9]+)*-\\d+';

/** `## RISK-001: Title` and the list below it, up to the next heading. */
function ofHeading(lines: readonly string[], index: number): Entry | null {
  const [, id, title = ''] =
    new RegExp(`^#{1,4} +\\[?(${idOfRisk})\\]?\\s*[:–—-]*\\s*(.*)$`).exec(lines[index] ?? '') ?? [];
  if (id === undefined) return null;
  const fields = new Map<string, string>();
  const below: string[] = [];
  let last: string | null = null;
  for (let at = index + 1; at < lines.length && !beginsEntry(lines[at] ?? ''); at += 1) {
    const line = lines[at] ?? '';
    below.push(line);
    const [, name, value = ''] = /^(?:[-*] *)?\*\*([^*:]+):?\*\*:?(.*)$/.exec(line.trim()) ?? [];
    if (name !== undefined) {
      last = name.trim().toLowerCase();
      fields.set(last, value.trim());
    } else if (last !== null && line.trim() !== '')
      fields.set(last, `${fields.get(last) ?? ''}\n${line.trim()}`.trim());
    else last = null;
  }
  return { id, title: title.trim() === '' ? null : title.trim(), text: below.join('\n'), fields };
}

function beginsEntry(line: string): boolean {
  return /^#{1,4} /.test(line) || ofLine(line) !== null;
}

/** `[2026-02-05] RISK-001 | REQ-001 | Risk: HIGH | Impact: … | Mitigation: …`. */
function ofLine(line: string): Entry | null {
  const [, date = '', id, rest = ''] = new RegExp(`^\\[([^\\]]*)\\]\\s*(${idOfRisk})\\s*\\|(.*)$`).exec(line) ?? [];
  if (id === undefined) return null;
  const fields = new Map([['date', date.trim()]]);
  for (const part of rest.split('|')) {
    const colon = part.indexOf(':');
    if (colon !== -1) fields.set(part.slice(0, colon).trim().toLowerCase(), part.slice(colon + 1).trim());
  }
  return { id, title: null, text: rest, fields };
}

function toRisk({ id, title, text, fields }: Entry, path: string, line: number): Risk {
  const field = (...names: readonly string[]): string | null => {
    const value = names.map((name) => fields.get(name)).find((each) => each !== undefined && each !== '');
    return value?.slice(0, textLimits.longText) ?? null;
  };
  const [impact, description] = [field('impact'), field('description')];
  const related = text.match(/\b(?:REQ|US|SPEC)-[A-Za-z0-9-]{0,40}\d\b/g) ?? [];
  return {
    gxpId: id.slice(0, textLimits.id),
    title: (title ?? description ?? impact ?? id).split('\n', 1)[0]?.slice(0, textLimits.title) ?? id,
    path,
    line,
    riskRating: findValue(field('risk level', 'risk', 'level', 'severity') ?? '', riskRatings) ?? null,
    status:
      riskStatuses.find((status) => status === toEnumSpelling(/[a-z]+/i.exec(field('status') ?? '')?.[0] ?? '')) ??
      null,
    date: field('date')?.slice(0, 100) ?? null,
    author: field('author')?.slice(0, textLimits.shortText) ?? null,
    component: field('component')?.slice(0, textLimits.shortText) ?? null,
    description,
    impact,
    mitigation: field('mitigation'),
    relatedIds: [...new Set(related)].slice(0, textLimits.listItems),
  };
}
