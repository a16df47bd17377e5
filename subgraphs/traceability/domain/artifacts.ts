import type { Artifact } from './artifact-types.js';
import { kindOfId } from './artifact-kinds.js';
import { parseEvidenceFile } from './evidence-files.js';
import { checkRelativePath, readText, type ArtifactFile } from './file-text.js';
import { maxFrontMatterBytes } from './front-matter.js';
import { toStorableText } from './json-values.js';
import { isGxpMdPath, parseMarkdownArtifact } from './markdown-artifacts.js';
import { createProblemSink, type Problem, type ProblemSink } from './problems.js';

export interface ParseLimits {
  readonly maxFileBytes?: number;
}

/** What one file gives: an artifact, or the reasons why not, or nothing because it is no artifact at all. */
export type ParsedFile =
  | { readonly outcome: 'ARTIFACT'; readonly artifact: Artifact; readonly problems: readonly Problem[] }
  | { readonly outcome: 'REJECTED'; readonly artifact: null; readonly problems: readonly Problem[] }
  | { readonly outcome: 'IGNORED'; readonly artifact: null; readonly problems: readonly Problem[] };

/** How a path is read: null is a file that is never an artifact. */
export function formatOfPath(path: string): 'MARKDOWN' | 'JWS' | 'JSON' | null {
  const name = path.toLowerCase();
  if (/\.(md|markdown)$/.test(name)) return 'MARKDOWN';
  if (/\.(jws|jwt|jws\.json)$/.test(name)) return 'JWS';
  if (/(^|\/)\.gxp\/evidence\/.*\.json$/.test(name)) return 'JSON';
  return null;
}

/** Parses one file. Never throws, executes nothing, and never gives an artifact that is half valid. */
export function parseArtifactFile(file: ArtifactFile, limits: ParseLimits = {}): ParsedFile {
  const sink = createProblemSink(toStorableText(file.path));
  const artifact = parse(file, limits, sink);
  if (artifact === 'IGNORED') return { outcome: 'IGNORED', artifact: null, problems: [] };
  if (artifact === null || sink.rejected) return { outcome: 'REJECTED', artifact: null, problems: sink.problems };
  return { outcome: 'ARTIFACT', artifact, problems: sink.problems };
}

function parse(file: ArtifactFile, limits: ParseLimits, sink: ProblemSink): Artifact | null | 'IGNORED' {
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
    return claimsToBeArtifact(file.path, text) ? parseMarkdownArtifact(text, sink) : 'IGNORED';
  }
  // Evidence packages hold logs and metadata as JSON beside the signed manifest.
  return format === 'JSON' && !isJwsJson(text, sink) ? jsonOutcome(sink) : parseEvidenceFile(text, sink);
}

/**
 * Decisions, risk logs and guides live beside artifacts and are no broken ones. Markdown claims to be an artifact when it
 * speaks of a `gxp_id`, or stands where artifacts do: in one of their folders, or under the name of one.
 */
function claimsToBeArtifact(path: string, text: string): boolean {
  if (/^[ \t]*["']?gxp_id["']?[ \t]*:/m.test(text.slice(0, maxFrontMatterBytes))) return true;
  if (isGxpMdPath(path)) return /^["']?gxpmd_version["']?[ \t]*:/m.test(text.slice(0, maxFrontMatterBytes));
  if (/(^|\/)readme\.(md|markdown)$/i.test(path)) return text.startsWith('---');
  const segments = path.split('/');
  const name = segments.pop() ?? '';
  const isInFolder = segments.includes('.gxp') && segments.some((segment) => artifactFolders.has(segment));
  return isInFolder || /(^|\/)\.gxp\/system_context\.md$/.test(path) || kindOfId(name) !== null;
}

const artifactFolders = new Set(['requirements', 'user_stories', 'specs', 'specifications']);

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
