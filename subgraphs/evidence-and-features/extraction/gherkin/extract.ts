/** Feature files of Cucumber and its kin. */
import type { Extraction } from '../../domain/document-reading.js';
import { ExtractionError } from '../../domain/extracted-evidence.js';
import { Ledger, toEvidenceOf } from '../prose/ledger.js';
import { GherkinFault, openScenarios, readFeature } from './scenarios.js';

/** Null for a text that is no feature file; one that is named so and can't be read is refused. */
export async function extractGherkin(text: string, isNamed: boolean): Promise<Extraction | null> {
  const scenarios = await openScenarios();
  const source = text.replace(/^\ufeff/, '');
  if (!isNamed && scenarios.languageOf(source) === null) return null;
  const ledger = new Ledger();
  try {
    readFeature(scenarios.parse(source), [], ledger, ({ line, column = 1 }) => ({ line, column }));
  } catch (error) {
    if (!(error instanceof GherkinFault)) throw error;
    if (!isNamed) return null;
    throw new ExtractionError(`The file is not valid Gherkin. ${error.message}`);
  }
  return { format: 'Gherkin', evidence: ledger.findings.map(toEvidenceOf), passedOver: ledger.passedOver };
}
