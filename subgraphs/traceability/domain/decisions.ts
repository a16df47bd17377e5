/** Architecture decisions: Markdown in `.gxp/adr/`, with or without front matter. */
import { readText, type ArtifactFile } from './file-text.js';
import type { ProblemSink } from './problems.js';
import { textLimits, toEnumSpelling } from './values.js';

const decisionStatuses = ['PROPOSED', 'ACCEPTED', 'REJECTED', 'DEPRECATED', 'SUPERSEDED'] as const;
export type DecisionStatus = (typeof decisionStatuses)[number];

export interface Decision {
  readonly gxpId: string;
  readonly title: string;
  readonly path: string;
  /** Null when the document says none that is known. */
  readonly status: DecisionStatus | null;
  /** The decision that took its place, as its status names it. */
  readonly supersededBy: string | null;
  readonly context: string | null;
  readonly decision: string | null;
  readonly consequences: string | null;
  /** All of it. */
  readonly markdownContent: string;
}

export function isDecisionPath(path: string): boolean {
  return /(?:^|\/)\.gxp\/adrs?\/[^/]*ADR-?\d[^/]*\.(?:md|markdown)$/i.test(path);
}

/** Null when it was rejected as text; a decision without a heading is called by its id. */
export function parseDecision(file: ArtifactFile, sink: ProblemSink): Decision | null {
  const text = readText(file, sink);
  if (text === null) return null;
  const { front, body } = splitFront(text);
  const number = /ADR-?(\d+)/i.exec(file.path.slice(file.path.lastIndexOf('/') + 1))?.[1] ?? '';
  const gxpId = `ADR-${number.padStart(3, '0')}`;
  const sections = sectionsOf(body);
  const said = (sections.get('status') ?? /^\**status\**\s*:\s*(.+)$/im.exec(`${front}\n${body}`)?.[1] ?? '').trim();
  const word = toEnumSpelling(/[A-Za-z]+/.exec(said)?.[0] ?? '');
  const section = (...names: readonly string[]): string | null =>
    names
      .map((name) => sections.get(name))
      .find((each) => each !== undefined && each !== '')
      ?.slice(0, textLimits.longText) ?? null;
  return {
    gxpId,
    title: titleOf(front, body) ?? gxpId,
    path: file.path,
    status: decisionStatuses.find((status) => status === word) ?? null,
    supersededBy: word === 'SUPERSEDED' ? (/ADR-\d+/i.exec(said)?.[0].toUpperCase() ?? null) : null,
    context: section('context', 'context and problem statement'),
    decision: section('decision', 'decision outcome'),
    consequences: section('consequences'),
    markdownContent: text,
  };
}

function splitFront(text: string): { front: string; body: string } {
  const [, front = '', body = text] = /^---\n([\s\S]{0,32768}?)\n---[ \t]*\n([\s\S]*)$/.exec(text) ?? [];
  return { front, body };
}

/** `# ADR-001: Use one database` → `Use one database`. */
function titleOf(front: string, body: string): string | null {
  const heading =
    /^# +(.+)$/m.exec(body)?.[1] ??
    /^title:(.+)$/m
      .exec(front)?.[1]
      ?.trim()
      .replace(/^["']|["']$/g, '');
  const title = heading
    ?.replace(/^ADR[- ]?\d+\s*[:.–—-]*\s*/i, '')
    .trim()
    .slice(0, textLimits.title);
  return title === undefined || title === '' ? null : title;
}

/** What stands below each heading of the second level outside code, by its name in lower case. */
function sectionsOf(body: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  let name: string | null = null;
  let lines: string[] = [];
  let inCode = false;
  const close = (): void => {
    if (name !== null && !sections.has(name)) sections.set(name, lines.join('\n').trim());
  };
  for (const line of body.split('\n')) {
    if (/^(?:```|~~~)/.test(line)) inCode = !inCode;
    const heading = inCode ? undefined : /^## (.+)$/.exec(line)?.[1]?.replace(/#+$/, '').trim();
    if (heading === undefined) {
      lines.push(line);
      continue;
    }
    close();
    name = heading.replace(/^\d+[.)]?\s+/, '').toLowerCase();
    lines = [];
  }
  close();
  return sections;
}
