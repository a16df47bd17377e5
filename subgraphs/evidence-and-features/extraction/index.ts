/** Owns reading: from the bytes of a document, whatever its format, to atomic evidence and an account of what was passed over. */
import type { Extraction } from '../domain/document-reading.js';
import { ExtractionError, toEvidence } from '../domain/extracted-evidence.js';
import { mostEvidence } from '../domain/job-limits.js';
import type { FileType } from '../domain/job-states.js';
import { decodeText } from './decode.js';

export type TextType = Extract<FileType, 'json' | 'yaml' | 'csv' | 'md'>;

export function isTextType(type: FileType): type is TextType {
  return type in longestFile;
}

/** Larger files are for a worker that was made for them (bytes). */
export const longestFile: Readonly<Record<TextType, number>> = {
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
export async function readDocument({ type, filename, bytes }: Source): Promise<Extraction> {
  if (bytes.length > longestFile[type]) {
    throw new ExtractionError(
      `The file has ${bytes.length} bytes; at most ${longestFile[type]} are read of this type.`,
    );
  }
  const found = await readText(type, decodeText(bytes), filename).catch(toExtractionError);
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

async function readText(type: TextType, text: string, filename: string): Promise<Extraction> {
  switch (type) {
    case 'json':
    case 'yaml':
      return {
        format: 'OpenAPI',
        evidence: await (await import('./openapi/extract.js')).extractOpenApi(type, text),
        passedOver: [],
      };
    case 'csv':
      return {
        format: 'Jira export',
        evidence: await (await import('./jira/extract.js')).extractJira(text),
        passedOver: [],
      };
    case 'md':
      return readProse(text, filename);
  }
}

async function readProse(text: string, filename: string): Promise<Extraction> {
  const isFeature = /\.feature$/i.test(filename);
  // Only what could begin a feature file is worth loading its grammar for.
  if (isFeature || /^\ufeff?(?:\s*(?:#|@)[^\n]*\n)*\s*[^\n:#]{2,60}:/.test(text.slice(0, 5_000))) {
    const gherkin = await (await import('./gherkin/extract.js')).extractGherkin(text, isFeature);
    if (gherkin !== null) return gherkin;
  }
  return (await import('./prose/extract.js')).extractMarkdown(text);
}
