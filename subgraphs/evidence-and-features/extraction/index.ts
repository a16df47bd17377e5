/** Owns reading: from the bytes of a document, whatever its format, to atomic evidence and an account of what was passed over. */
import type { Extraction } from '../domain/document-reading.js';
import { ExtractionError, toEvidence } from '../domain/extracted-evidence.js';
import { mostEvidence } from '../domain/job-limits.js';
import type { FileType } from '../domain/job-states.js';
import { isZip } from './archive/zip.js';
import { decodeText } from './decode.js';

export type TextType = Extract<FileType, 'json' | 'yaml' | 'csv' | 'md'>;

export function isTextType(type: FileType): type is TextType {
  return type in longestText;
}

/** Of any type, packed or not (bytes). */
export const longestFile = 25_000_000;
/** Larger texts are for a worker that was made for them (bytes). */
const longestText: Readonly<Record<TextType, number>> = {
  json: 25_000_000,
  yaml: 10_000_000,
  csv: 25_000_000,
  md: 5_000_000,
};

export interface Source {
  readonly type: TextType;
  readonly filename: string;
  readonly bytes: Uint8Array;
}

/** Throws an ExtractionError for a file that is not what its type says, or past a limit. The libraries are loaded with the first use. */
export async function readDocument(source: Source): Promise<Extraction> {
  const { type, bytes } = source;
  const longest = isZip(bytes) ? longestFile : longestText[type];
  if (bytes.length > longest) {
    throw new ExtractionError(`The file has ${bytes.length} bytes; at most ${longest} are read of this type.`);
  }
  const found = await readBytes(source).catch(toExtractionError);
  if (found.evidence.length > mostEvidence) {
    throw new ExtractionError(
      `The file holds ${found.evidence.length} facts; at most ${mostEvidence} are taken of one document.`,
    );
  }
  return { ...found, evidence: found.evidence.map(toEvidence) };
}

/** A file that nests deeper than the stack is the file's fault; whatever else goes wrong is ours. */
function toExtractionError(error: unknown): never {
  throw error instanceof RangeError ? new ExtractionError('The file nests too deeply.') : error;
}

async function readBytes({ type, filename, bytes }: Source): Promise<Extraction> {
  if (isZip(bytes)) return (await import('./archive/extract.js')).extractArchive(bytes);
  const text = decodeText(bytes);
  switch (type) {
    case 'json':
    case 'yaml': {
      const { parseJson, parseYaml } = await import('./openapi/parse.js');
      const { extractDescription } = await import('./api/describe.js');
      const document = type === 'json' ? parseJson(text) : await parseYaml(text);
      return extractDescription(filename, new Map([[filename, document]]));
    }
    case 'csv':
      return (await import('./trackers/extract.js')).extractCsv(text);
    case 'md':
      return readText(text, filename);
  }
}

async function readText(text: string, filename: string): Promise<Extraction> {
  const isFeature = /\.feature$/i.test(filename);
  // Only what could begin a feature file is worth loading its grammar for.
  if (isFeature || /^\ufeff?(?:\s*(?:#|@)[^\n]*\n)*\s*[^\n:#]{2,60}:/.test(text.slice(0, 5_000))) {
    const gherkin = await (await import('./gherkin/extract.js')).extractGherkin(text, isFeature);
    if (gherkin !== null) return gherkin;
  }
  if (/\.(?:graphqls?|gql)$/i.test(filename)) return (await import('./api/graphql-sdl.js')).extractGraphQl(text);
  const { extractHtml, extractMarkdown } = await import('./prose/extract.js');
  return /^\ufeff?\s*<(?:!doctype html|html)\b/i.test(text) || /\.html?$/i.test(filename)
    ? extractHtml(text)
    : extractMarkdown(text);
}
