/**
 * How well prose is read: precision and recall over labelled documents, for those that the rules were made with and for those
 * that were held out: `npm run bench -- document-reading`. With `--verbose` what was missed and what was found wrongly.
 */
import { readDocument } from '../../../subgraphs/evidence-and-features/extraction/index.js';
import { readLabelledDocuments } from './labelled-documents.js';
import { qualityOf, score, type Score } from './score.js';

const isVerbose = process.env['WEFT_BENCH_VERBOSE'] !== undefined;
const rows: { style: string; isHeldOut: boolean; score: Score }[] = [];
for (const document of readLabelledDocuments()) {
  const bytes = Buffer.from(document.text);
  const { evidence, passedOver } = await readDocument({ type: 'md', filename: `${document.name}.md`, bytes });
  const found = evidence.map(({ type, rawData }) => ({ type, text: String(rawData?.['statement']) }));
  const scored = score(document, found);
  rows.push({ style: document.style, isHeldOut: document.isHeldOut, score: scored });
  if (!isVerbose || (scored.missed.length === 0 && scored.wrong.length === 0)) continue;
  console.log(`\n${document.style}, ${document.name}`);
  for (const { type, text } of scored.missed) console.log(`  missed ${type}: ${text}`);
  for (const { type, text } of scored.wrong) console.log(`  wrong  ${type}: ${text}`);
  console.log(`  (${passedOver.length} passed over)`);
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`.padStart(8);
function print(name: string, scores: readonly Score[]): void {
  const { documents, precision, recall, kinds } = qualityOf(scores);
  console.log(
    `${name.padEnd(26)}${String(documents).padStart(5)}${percent(precision)}${percent(recall)}${percent(kinds)}`,
  );
}

console.log(`${''.padEnd(26)}docs.  prec.   recall  kind right`);
for (const style of new Set(rows.map((row) => row.style))) {
  print(
    style,
    rows.filter((row) => row.style === style).map((row) => row.score),
  );
}
print(
  'made with',
  rows.filter(({ isHeldOut }) => !isHeldOut).map((row) => row.score),
);
print(
  'held out',
  rows.filter(({ isHeldOut }) => isHeldOut).map((row) => row.score),
);
