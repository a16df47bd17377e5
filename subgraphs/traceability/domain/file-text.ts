import { createHash } from 'node:crypto';
import { quoted, type ProblemSink } from './problems.js';
import { textLimits } from './values.js';

/** 1 MiB: the longest artifact seen in the open is 40 KB; past this it is a mistake, or an attack. */
export const defaultMaxFileBytes = 1_048_576;

/** One file of a checkout. Text is taken as it is; bytes are decoded here. */
export interface ArtifactFile {
  readonly path: string;
  readonly content: Uint8Array | string;
}

/** A file whose content nobody needs, such as a screenshot in an evidence package. */
export interface FileDigest {
  readonly path: string;
  /** Hex, in lower case. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** SHA-256 of the file as it is, hex: equal hashes need no second look. */
export function contentHashOf(file: ArtifactFile): string {
  return createHash('sha256').update(file.content).digest('hex');
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The file's text with `\n` line endings and no byte order mark; null when it was rejected. */
export function readText(file: ArtifactFile, sink: ProblemSink, maxBytes = defaultMaxFileBytes): string | null {
  const size = typeof file.content === 'string' ? Buffer.byteLength(file.content) : file.content.byteLength;
  if (size > maxBytes) {
    sink.reject('FILE_TOO_LARGE', 1, `The file has ${size} bytes; an artifact may have at most ${maxBytes}.`);
    return null;
  }
  const text = typeof file.content === 'string' ? file.content : decode(file.content, sink);
  if (text === null) return null;
  const nul = text.indexOf('\0');
  if (nul !== -1) {
    sink.reject('BINARY_FILE', lineAt(text, nul), 'The file has a NUL character: it is binary, or UTF-16.');
    return null;
  }
  return normalise(text, sink);
}

function decode(bytes: Uint8Array, sink: ProblemSink): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    const { text, line } = validPrefix(bytes);
    if (text.includes('\0') || bytes.includes(0)) sink.reject('BINARY_FILE', 1, 'The file is binary, not text.');
    else sink.reject('INVALID_UTF8', line, 'The file is not UTF-8: a byte here is part of no character.');
    return null;
  }
}

/** How far the bytes are UTF-8: a streaming decode of one line after the other stops at the first bad one. */
function validPrefix(bytes: Uint8Array): { text: string; line: number } {
  let start = 0;
  for (let line = 1; ; line += 1) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    try {
      utf8.decode(bytes.subarray(start, end));
    } catch {
      return { text: Buffer.from(bytes.subarray(0, start)).toString('utf8'), line };
    }
    if (newline === -1) return { text: '', line: 1 };
    start = newline + 1;
  }
}

function normalise(text: string, sink: ProblemSink): string | null {
  let result = text;
  if (result.startsWith('\ufeff')) {
    sink.flag('BYTE_ORDER_MARK', 1, 'The file starts with a byte order mark; it was left out.');
    result = result.slice(1);
  }
  if (result.includes('\r')) {
    const line = lineAt(result, result.indexOf('\r'));
    sink.flag(
      'CRLF_LINE_ENDINGS',
      line,
      'The file has carriage returns; its lines were read as ending in a line feed.',
    );
    result = result.replace(/\r\n?/g, '\n');
  }
  const broken = result.search(/\p{Surrogate}/u);
  if (broken !== -1) {
    sink.reject('INVALID_TEXT', lineAt(result, broken), 'Half of a surrogate pair: this is not a character.');
    return null;
  }
  return result;
}

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Null when the path stays inside the checkout and can be shown; else what is wrong with it. */
export function checkRelativePath(path: string): string | null {
  if (path === '') return 'a path is empty';
  if (path.length > textLimits.path) return `a path has more than ${textLimits.path} characters`;
  if (/[\p{Cc}\p{Surrogate}]/u.test(path)) return `the path ${quoted(path)} has a control character`;
  if (path.startsWith('/') || path.startsWith('~/') || /^[A-Za-z]:/.test(path)) {
    return `the path ${quoted(path)} is absolute; paths start at the root of the repository`;
  }
  if (path.includes('\\')) return `the path ${quoted(path)} has a backslash; paths are written with /`;
  if (path.split('/').includes('..')) return `the path ${quoted(path)} climbs out of its folder`;
  return null;
}
