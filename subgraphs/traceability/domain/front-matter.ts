import { isMap, isScalar, LineCounter, parseDocument, visit, type Document, type YAMLError, type YAMLMap } from 'yaml';
import { findDeeper } from '../../kernel/yaml/index.js';
import { oneLine, quoted, type ProblemCode, type ProblemSink } from './problems.js';

/** Ten times the longest front matter seen in the open. */
export const maxFrontMatterBytes = 32_768;
/** Deeper than any artifact needs. */
const maxDepth = 20;
/** What is deeper than this is not even parsed: the parser is recursive. Up to it, the line can be told. */
const maxParsedDepth = 100;

export interface FrontMatter {
  /** The top-level mapping, as nodes: every field knows its line. */
  readonly fields: YAMLMap;
  /** The YAML between the fences. */
  readonly source: string;
  /** 1-based line in the file of an offset in `source`. */
  lineOf(offset: number): number;
  /** What follows the closing fence. */
  readonly body: string;
}

/**
 * Splits a Markdown text at its `---` fences and parses what is between them as plain YAML 1.2: no aliases, no tags, no
 * other languages. Nothing in a file is ever executed or expanded. Null when the file was rejected.
 */
export function parseFrontMatter(text: string, sink: ProblemSink): FrontMatter | null {
  const split = splitFrontMatter(text, sink);
  if (split === null) return null;
  const deeper = findDeeper(split.source, maxParsedDepth);
  if (deeper !== null) {
    rejectOnce(sink, 'TOO_DEEP', split.source.slice(0, deeper).split('\n').length + 1);
    return null;
  }
  const lines = new LineCounter();
  const document = parseYaml(split.source, lines);
  // The opening fence is line 1 of the file, so line n of the YAML is line n + 1.
  const lineOf = (offset: number) => (lines.linePos(offset).line || 1) + 1;
  if (!checkYaml(document, split.source, lineOf, sink)) return null;
  if (!isMap(document.contents)) {
    sink.reject('FRONT_MATTER_NOT_A_MAPPING', 2, 'The front matter must be a mapping of "key: value" lines.');
    return null;
  }
  return { fields: document.contents, lineOf, ...split };
}

function splitFrontMatter(text: string, sink: ProblemSink): { source: string; body: string } | null {
  const firstLine = /^[^\n]*/.exec(text)?.[0].trimEnd() ?? '';
  if (firstLine !== '---') {
    const language = /^---\s*([A-Za-z]\S*)$/.exec(firstLine)?.[1];
    if (language === undefined) {
      sink.reject('NO_FRONT_MATTER', 1, 'The file has no front matter: its first line must be ---.');
    } else {
      const reason = `Front matter in ${quoted(language)} is not read: only plain YAML between --- and ---.`;
      sink.reject('FRONT_MATTER_LANGUAGE', 1, reason);
    }
    return null;
  }
  const start = text.indexOf('\n') + 1;
  const close = start === 0 ? null : /^---[ \t]*$/m.exec(text.slice(start));
  if (close === null) {
    sink.reject('FRONT_MATTER_UNCLOSED', 1, 'The front matter has no closing --- line.');
    return null;
  }
  const source = text.slice(start, start + close.index);
  if (Buffer.byteLength(source) > maxFrontMatterBytes) {
    const reason = `The front matter is larger than ${maxFrontMatterBytes} bytes; long text belongs below it.`;
    sink.reject('FRONT_MATTER_TOO_LARGE', 1, reason);
    return null;
  }
  const end = start + close.index + close[0].length;
  return { source, body: text.slice(end).replace(/^\n/, '') };
}

function parseYaml(source: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(source, {
    lineCounter,
    prettyErrors: false,
    schema: 'core',
    customTags: null,
    resolveKnownTags: false,
    stringKeys: true,
    // Quadratic in the parser, 0.5 s for 32 KiB of keys; checked below in one pass.
    uniqueKeys: false,
    merge: false,
    logLevel: 'silent',
  });
}

const codeOfYamlError: Partial<Record<YAMLError['code'], ProblemCode>> = {
  TAB_AS_INDENT: 'YAML_TAB',
  BAD_ALIAS: 'YAML_ALIAS',
  MULTIPLE_DOCS: 'YAML_MULTIPLE_DOCUMENTS',
  TAG_RESOLVE_FAILED: 'YAML_TAG',
};

const reasonOfCode: Partial<Record<ProblemCode, string>> = {
  YAML_TAB: 'A tab indents this line; YAML takes spaces only.',
  YAML_DUPLICATE_KEY: 'This key stands in the front matter twice.',
  YAML_ALIAS: 'Anchors and aliases (&, *) are not read.',
  YAML_MULTIPLE_DOCUMENTS: 'The front matter holds more than one YAML document.',
  YAML_TAG: 'Tags (!…) are not read: values are plain text, numbers, lists and mappings.',
  TOO_DEEP: `The front matter nests deeper than ${maxDepth} levels.`,
};

function checkYaml(
  document: Document.Parsed,
  source: string,
  lineOf: (offset: number) => number,
  sink: ProblemSink,
): boolean {
  // The parser stops at a document end marker without a word about what follows it.
  const marker = /^\.\.\.(\s|$)/m.exec(source);
  if (marker !== null) rejectOnce(sink, 'YAML_MULTIPLE_DOCUMENTS', lineOf(marker.index));
  for (const error of [...document.errors, ...document.warnings]) {
    const code = codeOfYamlError[error.code] ?? 'YAML_SYNTAX';
    rejectOnce(sink, code, lineOf(error.pos[0]), `Not valid YAML: ${oneLine(error.message, 200)}.`);
  }
  if (document.errors.length > 0) return false;
  visit(document, {
    Alias: (_, node) => rejectOnce(sink, 'YAML_ALIAS', lineOf(node.range?.[0] ?? 0)),
    Node: (_, node, parents) => {
      const line = lineOf(node.range?.[0] ?? 0);
      if (node.tag !== undefined) rejectOnce(sink, 'YAML_TAG', line);
      if ('anchor' in node && typeof node.anchor === 'string') rejectOnce(sink, 'YAML_ALIAS', line);
      if (isMap(node)) for (const key of duplicateKeys(node)) rejectOnce(sink, 'YAML_DUPLICATE_KEY', lineOf(key));
      if (parents.length <= maxDepth * 2) return undefined;
      rejectOnce(sink, 'TOO_DEEP', line);
      return visit.SKIP;
    },
  });
  return !sink.rejected;
}

/** The offsets of keys that stand in the mapping already. */
function duplicateKeys(map: YAMLMap): readonly number[] {
  const seen = new Set<unknown>();
  return map.items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    if (seen.has(key.value)) return [key.range?.[0] ?? 0];
    seen.add(key.value);
    return [];
  });
}

function rejectOnce(sink: ProblemSink, code: ProblemCode, line: number, reason = 'Not valid YAML.'): void {
  if (sink.problems.some((problem) => problem.code === code && problem.line === line)) return;
  sink.reject(code, line, reasonOfCode[code] ?? reason);
}

/** Whether the first bytes of a Markdown file look like an artifact's: front matter that speaks of a `gxp_id`, or of GxP.MD. */
export function looksLikeArtifact(head: string): boolean {
  const text = head.startsWith('\ufeff') ? head.slice(1) : head;
  if (!text.startsWith('---')) return false;
  const close = /\r?\n---[ \t]*\r?$/m.exec(text);
  return /^["']?(?:gxp_id|gxpmd_version)["']?[ \t]*:/m.test(close === null ? text : text.slice(0, close.index));
}
