/** Files that are ZIP archives: Word documents, workbooks, and API descriptions in several files. */
import type { Extraction, PassedOver } from '../../domain/document-reading.js';
import { ExtractionError } from '../../domain/extracted-evidence.js';
import { decodeText } from '../decode.js';
import { unzip, type Unzipped } from './zip.js';

const limits = { mostBytes: 60_000_000, mostEntries: 2_000 };
/** Of an archive's descriptions, each is read with all files. */
const mostDescriptions = 50;

const isOffice = (path: string): boolean =>
  /^(?:word\/(?:document|styles)\.xml|xl\/(?:workbook|sharedStrings)\.xml|xl\/_rels\/workbook\.xml\.rels|xl\/worksheets\/[^/]+\.xml)$/.test(
    path,
  );
const isDescriptionFile = (path: string): boolean =>
  /\.(?:ya?ml|json)$/i.test(path) && !/(?:^|\/)(?:__MACOSX\/|\._|node_modules\/)/.test(path);

export async function extractArchive(bytes: Uint8Array): Promise<Extraction> {
  const archive = await unzip(bytes, { ...limits, wants: (path) => isOffice(path) || isDescriptionFile(path) });
  if (archive.entries.has('word/document.xml')) return (await import('./word.js')).extractWord(archive);
  if (archive.entries.has('xl/workbook.xml')) {
    const { readSheets } = await import('./sheets.js');
    return (await import('../trackers/extract.js')).extractSheets(readSheets(archive));
  }
  return extractSet(archive);
}

/** The descriptions among the files, each with what it refers to; a file that nobody refers to is passed over. */
async function extractSet({ entries, others }: Unzipped): Promise<Extraction> {
  const { parseJson, parseYaml } = await import('../openapi/parse.js');
  const { extractDescription, isDescription } = await import('../api/describe.js');
  const files = new Map<string, unknown>();
  const passedOver: PassedOver[] = others.map((path) => note(path, 'no file of an API description'));
  for (const [path, content] of entries) {
    try {
      const text = decodeText(content);
      files.set(path, /\.json$/i.test(path) ? parseJson(text) : await parseYaml(text));
    } catch (error) {
      if (!(error instanceof ExtractionError)) throw error;
      passedOver.push(note(path, error.message));
    }
  }
  const roots = [...files].filter(([, value]) => isDescription(value)).map(([path]) => path);
  if (roots.length === 0) {
    throw new ExtractionError(
      'The archive is no Word document, no workbook, and none of its files is an OpenAPI or AsyncAPI description.',
    );
  }
  for (const path of roots.slice(mostDescriptions))
    passedOver.push(note(path, `beyond the first ${mostDescriptions} descriptions`));
  const read = roots.slice(0, mostDescriptions).map((path) => ({ path, found: extractDescription(path, files) }));
  const formats = [...new Set(read.map(({ found }) => found.format))];
  return {
    format: `${formats.join(', ')} in an archive`,
    evidence: read.flatMap(({ path, found }) =>
      found.evidence.map((fact) => ({ ...fact, rawData: { ...fact.rawData, file: path } })),
    ),
    passedOver: [...read.flatMap(({ found }) => found.passedOver), ...passedOver],
  };
}

function note(text: string, reason: string): PassedOver {
  return { text, reason, line: null, column: null };
}
