/** The text of a description to its values, within bounds. */
import { ExtractionError } from '../../domain/extracted-evidence.js';

/** What a description says is a dozen levels deep. */
const deepest = 100;
/** Aliases multiply what a few bytes of YAML stand for; descriptions written by people have none or few. */
const mostAliases = 1_000;

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new ExtractionError('The file is not valid JSON.');
  }
}

/** With merge keys (`<<`), as tools for descriptions read them. */
export async function parseYaml(text: string): Promise<unknown> {
  const { LineCounter, parseDocument: parse } = await import('yaml');
  const { findDeeper } = await import('../../../kernel/yaml/index.js');
  if (findDeeper(text, deepest) !== null)
    throw new ExtractionError('The file’s YAML goes past the bounds of depth or of aliases.');
  const lineCounter = new LineCounter();
  try {
    const document = parse(text, { lineCounter, schema: 'core', merge: true, uniqueKeys: false });
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
