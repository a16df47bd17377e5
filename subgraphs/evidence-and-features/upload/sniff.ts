/** What a file is, by its bytes. Its name only decides between kinds of text that its bytes allow. */
import type { FileType } from '../domain/job-states.js';

export interface Sniffed {
  readonly fileType: FileType;
  readonly mimeType: string;
}

/** Why a file is not taken, in words for its sender. */
export class UnknownContent extends Error {}

/** So much of a file's beginning says what it is. */
export const headBytes = 65_536;

const signatures: readonly (readonly [bytes: readonly number[], Sniffed])[] = [
  [[0x25, 0x50, 0x44, 0x46, 0x2d], { fileType: 'pdf', mimeType: 'application/pdf' }],
  [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], { fileType: 'image', mimeType: 'image/png' }],
  [[0xff, 0xd8, 0xff], { fileType: 'image', mimeType: 'image/jpeg' }],
  [[0x47, 0x49, 0x46, 0x38], { fileType: 'image', mimeType: 'image/gif' }],
];

/** Null for what is no known binary: text, or nothing that is taken. */
export function sniffBinary(head: Uint8Array): Sniffed | null {
  const found = signatures.find(([bytes]) => bytes.every((byte, at) => head[at] === byte));
  if (found !== undefined) return found[1];
  const text = Buffer.from(head.subarray(0, 12)).toString('latin1');
  return text.startsWith('RIFF') && text.endsWith('WEBP') ? { fileType: 'image', mimeType: 'image/webp' } : null;
}

export function isArchive(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b;
}

/** Archives that are read: Word documents, workbooks, and sets of descriptions; by the names of the files that they begin with. */
export function sniffArchive(head: Uint8Array, filename: string): Sniffed | null {
  if (!isArchive(head)) return null;
  const names = entryNames(Buffer.from(head));
  const extension = /\.(\w+)$/.exec(filename.toLowerCase())?.[1] ?? '';
  const isOffice = names.some((name) => name === '[Content_Types].xml' || name.startsWith('_rels/'));
  const office = 'application/vnd.openxmlformats-officedocument';
  if (names.some((name) => name.startsWith('word/')) || (isOffice && extension === 'docx')) {
    return { fileType: 'md', mimeType: `${office}.wordprocessingml.document` };
  }
  if (names.some((name) => name.startsWith('xl/')) || (isOffice && extension === 'xlsx')) {
    return { fileType: 'csv', mimeType: `${office}.spreadsheetml.sheet` };
  }
  return names.some((name) => /\.(?:ya?ml|json)$/i.test(name))
    ? { fileType: 'yaml', mimeType: 'application/zip' }
    : null;
}

/** Each entry has a header of 30 bytes with the length of its name, and then the name. */
function entryNames(head: Buffer): string[] {
  const names: string[] = [];
  const signature = Buffer.from([0x50, 0x4b, 3, 4]);
  for (let at = head.indexOf(signature); at >= 0 && at + 30 <= head.length; at = head.indexOf(signature, at + 4)) {
    names.push(head.toString('latin1', at + 30, at + 30 + Math.min(head.readUInt16LE(at + 26), 500)));
  }
  return names;
}

/** Throws UnknownContent for other archives and compressed files: what they hold is as large as they like. */
export function assertText(head: Uint8Array): void {
  const [first, second] = head;
  if (isArchive(head) || (first === 0x1f && second === 0x8b)) {
    throw new UnknownContent(
      'The file is an archive or compressed, and neither a Word document nor a workbook nor a set of API descriptions. Send the document itself.',
    );
  }
}

/** What a text is, by its beginning. Every text is Markdown if it is nothing else. */
export function sniffText(head: string, filename: string): Sniffed {
  const text = head.replace(/^\ufeff/, '').trimStart();
  const extension = /\.(\w+)$/.exec(filename.toLowerCase())?.[1] ?? '';
  if (/^[{[]/.test(text) && (extension === 'json' || beginsAsJson(text))) {
    return { fileType: 'json', mimeType: 'application/json' };
  }
  const yaml: Sniffed = { fileType: 'yaml', mimeType: 'application/yaml' };
  // Line by line, in one way only: where lines could be told apart in several, a few blank ones would take for ever.
  const isMapping = /^(?:(?:%YAML.*|---[ \t]*|#.*|[ \t]*)\r?\n)*["'\w][\w "'./-]*:(?:\s|$)/.test(text);
  if (isMapping && (/^ya?ml$/.test(extension) || (saysVersion.test(text) && !isFrontMatter(text)))) return yaml;
  if (looksLikeCsv(text, /^(?:csv|tsv)$/.test(extension))) return { fileType: 'csv', mimeType: 'text/csv' };
  return { fileType: 'md', mimeType: mimeTypes[extension] ?? 'text/markdown' };
}

/** Texts that are read as prose is, by the ending of their name. */
const mimeTypes: Readonly<Record<string, string>> = {
  feature: 'text/x-gherkin',
  graphql: 'application/graphql',
  gql: 'application/graphql',
  graphqls: 'application/graphql',
  htm: 'text/html',
  html: 'text/html',
  txt: 'text/plain',
};

/** A description says its version in a key of its own; a sentence about OpenAPI has no number there. */
const saysVersion = /^["']?(?:openapi|swagger|asyncapi)["']?:[ \t]*["']?\d/m;

/** Settings above a text: what is a description all the way has nothing below its second line of `---`. */
function isFrontMatter(text: string): boolean {
  return /^---[ \t]*\r?\n[^]*?\r?\n---[ \t]*\r?\n\s*\S/.test(text);
}

const jsonToken = /\s*(?:[{}[\],:]|"(?:[^"\\\n]|\\.){0,60000}"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;
/** So many tell JSON from brackets of Markdown: `[[_TOC_]]`, `[x] done`, `[1]: https://…`, `{% include %}`. */
const fewTokens = 8;

function beginsAsJson(text: string): boolean {
  const lexer = new RegExp(jsonToken);
  let depth = 0;
  for (let count = 0; count < fewTokens; count += 1) {
    const from = lexer.lastIndex;
    const token = lexer.exec(text)?.[0].trim();
    const rest = text.slice(token === undefined ? from : lexer.lastIndex).trim();
    // Cut off inside of a string.
    if (token === undefined) return text.length >= headBytes - 4 && /^"[^"\n]*$/.test(rest);
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth === 0) return rest === '';
  }
  return true;
}

/** A first line of several cells; where the name does not say so, a header as issue trackers write it. */
function looksLikeCsv(text: string, isNamed: boolean): boolean {
  const [header = ''] = text.split(/\r?\n/, 1);
  const cells = Math.max(...[',', ';', '\t', '|'].map((delimiter) => header.split(delimiter).length));
  if (cells < 2 || /^\s*\|/.test(header)) return false;
  return isNamed || (/\bissue key\b/i.test(header) && /\bsummary\b/i.test(header));
}
