/** Owns reading: from the bytes of an OpenAPI description, a Jira export or a Markdown file to atomic evidence. */
import { ExtractionError, toEvidence, type ExtractedEvidence } from '../domain/extracted-evidence.js';
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

/** Throws an ExtractionError for a file that is not what its type says, or past a limit. The libraries are loaded with the first use. */
export async function extractEvidence(type: TextType, bytes: Uint8Array): Promise<ExtractedEvidence[]> {
  if (bytes.length > longestFile[type]) {
    throw new ExtractionError(
      `The file has ${bytes.length} bytes; at most ${longestFile[type]} are read of this type.`,
    );
  }
  const found = await extractText(type, decodeText(bytes)).catch(toExtractionError);
  if (found.length > mostEvidence) {
    throw new ExtractionError(
      `The file holds ${found.length} facts; at most ${mostEvidence} are taken of one document.`,
    );
  }
  return found.map(toEvidence);
}

/** A file that nests deeper than the stack is the file's fault; whatever else goes wrong is ours. */
function toExtractionError(error: unknown): never {
  throw error instanceof RangeError ? new ExtractionError('The file nests too deeply.') : error;
}

async function extractText(type: TextType, text: string): Promise<readonly ExtractedEvidence[]> {
  switch (type) {
    case 'json':
    case 'yaml':
      return (await import('./openapi/extract.js')).extractOpenApi(type, text);
    case 'csv':
      return (await import('./jira/extract.js')).extractJira(text);
    case 'md':
      return (await import('./markdown/extract.js')).extractMarkdown(text);
  }
}
