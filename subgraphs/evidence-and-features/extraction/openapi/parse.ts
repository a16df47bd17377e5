/** The text of a description to its document, within bounds. */
import { ExtractionError } from '../../domain/extracted-evidence.js';
import { isObject, type Obj } from './values.js';

/** What a description says is a dozen levels deep. */
const deepest = 100;
/** Aliases multiply what a few bytes of YAML stand for; descriptions written by people have none or few. */
const mostAliases = 1_000;

export async function parseDocument(type: 'json' | 'yaml', text: string): Promise<Obj> {
  const document = type === 'json' ? parseJson(text) : await parseYaml(text);
  if (!isObject(document) || (typeof document['openapi'] !== 'string' && typeof document['swagger'] !== 'string')) {
    throw new ExtractionError('The file is no OpenAPI description: it has neither openapi nor swagger at its top.');
  }
  const version = String(document['openapi'] ?? document['swagger']);
  if (!/^(2\.0|3\.\d+(\.\d+)?.*)$/.test(version)) {
    throw new ExtractionError(`OpenAPI ${version.slice(0, 20)} is not known here: 2.0 and 3.x are.`);
  }
  return document;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new ExtractionError('The file is not valid JSON.');
  }
}

async function parseYaml(text: string): Promise<unknown> {
  const { LineCounter, parseDocument: parse } = await import('yaml');
  const { findDeeper } = await import('../../../kernel/yaml/index.js');
  if (findDeeper(text, deepest) !== null)
    throw new ExtractionError('The file’s YAML goes past the bounds of depth or of aliases.');
  const lineCounter = new LineCounter();
  try {
    const document = parse(text, { lineCounter, schema: 'core', uniqueKeys: false });
    const [error] = document.errors;
    if (error !== undefined) {
      throw new ExtractionError(`The file is not valid YAML: line ${lineCounter.linePos(error.pos[0]).line}.`);
    }
    return document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    if (error instanceof ExtractionError) throw error;
    // Too many aliases.
    throw new ExtractionError('The file’s YAML goes past the bounds of depth or of aliases.');
  }
}
