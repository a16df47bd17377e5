import type { Artefact } from './artefact-types.js';
import { kindOfId } from './artefact-kinds.js';
import { parseEvidenceFile } from './evidence-files.js';
import { checkRelativePath, readText, type ArtefactFile } from './file-text.js';
import { maxFrontMatterBytes } from './front-matter.js';
import { toStorableText } from './json-values.js';
import { isGxpMdPath, parseMarkdownArtefact } from './markdown-artefacts.js';
import { createProblemSink, type Problem, type ProblemSink } from './problems.js';

export interface ParseLimits {
  readonly maxFileBytes?: number;
}

/** What one file gives: an artefact, or the reasons why not, or nothing because it is no artefact at all. */
export type ParsedFile =
  | { readonly outcome: 'ARTEFACT'; readonly artefact: Artefact; readonly problems: readonly Problem[] }
  | { readonly outcome: 'REJECTED'; readonly artefact: null; readonly problems: readonly Problem[] }
  | { readonly outcome: 'IGNORED'; readonly artefact: null; readonly problems: readonly Problem[] };

/** How a path is read: null is a file that is never an artefact. */
export function formatOfPath(path: string): 'MARKDOWN' | 'JWS' | 'JSON' | null {
  const name = path.toLowerCase();
  if (/\.(md|markdown)$/.test(name)) return 'MARKDOWN';
  if (/\.(jws|jwt|jws\.json)$/.test(name)) return 'JWS';
  if (/(^|\/)\.gxp\/evidence\/.*\.json$/.test(name)) return 'JSON';
  return null;
}

/** Parses one file. Never throws, executes nothing, and never gives an artefact that is half valid. */
export function parseArtefactFile(file: ArtefactFile, limits: ParseLimits = {}): ParsedFile {
  const sink = createProblemSink(toStorableText(file.path));
  const artefact = parse(file, limits, sink);
  if (artefact === 'IGNORED') return { outcome: 'IGNORED', artefact: null, problems: [] };
  if (artefact === null || sink.rejected) return { outcome: 'REJECTED', artefact: null, problems: sink.problems };
  return { outcome: 'ARTEFACT', artefact, problems: sink.problems };
}

function parse(file: ArtefactFile, limits: ParseLimits, sink: ProblemSink): Artefact | null | 'IGNORED' {
  const fault = checkRelativePath(file.path);
  if (fault !== null) {
    sink.reject('UNSAFE_PATH', 1, `The file is not read: ${fault}.`);
    return null;
  }
  const format = formatOfPath(file.path);
  if (format === null) return 'IGNORED';
  const text = readText(file, sink, limits.maxFileBytes);
  if (text === null) return null;
  if (format === 'MARKDOWN') {
    return claimsToBeArtefact(file.path, text) ? parseMarkdownArtefact(text, sink) : 'IGNORED';
  }
  // Evidence packages hold logs and metadata as JSON beside the signed manifest.
  return format === 'JSON' && !isJwsJson(text, sink) ? jsonOutcome(sink) : parseEvidenceFile(text, sink);
}

/**
 * Decisions, risk logs and guides live beside artefacts and are no broken ones. Markdown claims to be an artefact when it
 * speaks of a `gxp_id`, or stands where artefacts do: in one of their folders, or under the name of one.
 */
function claimsToBeArtefact(path: string, text: string): boolean {
  if (/^[ \t]*["']?gxp_id["']?[ \t]*:/m.test(text.slice(0, maxFrontMatterBytes))) return true;
  if (isGxpMdPath(path)) return /^["']?gxpmd_version["']?[ \t]*:/m.test(text.slice(0, maxFrontMatterBytes));
  if (/(^|\/)readme\.(md|markdown)$/i.test(path)) return text.startsWith('---');
  const segments = path.split('/');
  const name = segments.pop() ?? '';
  const isInFolder = segments.includes('.gxp') && segments.some((segment) => artefactFolders.has(segment));
  return isInFolder || /(^|\/)\.gxp\/system_context\.md$/.test(path) || kindOfId(name) !== null;
}

const artefactFolders = new Set(['requirements', 'user_stories', 'specs', 'specifications']);

function isJwsJson(text: string, sink: ProblemSink): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'payload' in value;
  } catch {
    sink.reject('INVALID_JSON', 1, 'The file is not JSON.');
    return false;
  }
}

function jsonOutcome(sink: ProblemSink): null | 'IGNORED' {
  return sink.rejected ? null : 'IGNORED';
}
