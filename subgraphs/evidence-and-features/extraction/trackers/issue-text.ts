/** The texts of an issue: markup taken away, and the acceptance criteria that stand in them. */
import { nowhere, type Block } from '../prose/blocks.js';
import { htmlBlocks } from '../prose/html-blocks.js';

/** Markup that says how a text looks and nothing of what it says. */
export function toPlainText(text: string): string {
  return text
    .replace(/\{(code|noformat|quote|panel|color)(:[^}\n]*)?\}/g, '')
    .replace(/^h[1-6]\.\s*/gm, '')
    .replace(/\[([^[\]|\n]+)\|[^[\]\n]+\]/g, '$1')
    .replace(/(^|\s)\*([^*\n]+)\*(?=\s|[.,:;!?]|$)/gm, '$1$2')
    .replace(/\r\n?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

const heading =
  /^(?:h[1-6]\.\s*|#+\s*|[*_]+)?(?:acceptance criteri(?:a|on)|akzeptanzkriterien|abnahmekriterien|critères d['’]acceptation|criterios de aceptación|definition of done|acs?)[\s*_:]*$/i;
const otherHeading = /^(?:h[1-6]\.\s*\S|#{1,6}\s+\S|\*[^*\n]+\*:?\s*$)/;
const bullet = /^(?:[*#•-]+\s+\[[ xX]?\]|[*#•-]+|\d+[.)]|\[[ xX]?\])\s+/;
/** Azure DevOps keeps HTML: its lists and paragraphs become lines. */
export function htmlToLines(text: string): string {
  if (!/<\/?[a-z][^<>]*>/i.test(text)) return text;
  return linesOf(htmlBlocks(text, nowhere), 0).join('\n');
}

function linesOf(blocks: readonly Block[], depth: number): string[] {
  if (depth > 20) return [];
  return blocks.flatMap((block) => {
    if (block.kind === 'heading') return [`# ${block.text.text}`];
    if (block.kind === 'paragraph') return [block.text.text];
    if (block.kind === 'list')
      return block.items.flatMap((item) =>
        linesOf(item.blocks, depth + 1).map((line, at) => (at === 0 ? `- ${line}` : line)),
      );
    if (block.kind === 'quote') return linesOf(block.blocks, depth + 1);
    if (block.kind === 'table') return block.rows.map(({ cells }) => cells.map((cell) => cell.text).join('; '));
    return block.kind === 'code' ? [block.text] : [];
  });
}

const scenarioStart = /^(?:scenario\b.*|given\b.*)/i;
const scenarioStep = /^(?:given|when|then|and|but)\b/i;

/**
 * The criteria in a text, each in one line. `isCriteria` says that the whole text is criteria; otherwise only what stands under
 * a heading of that name, or is told as given, when and then.
 */
export function acceptanceCriteriaIn(text: string, isCriteria: boolean): string[] {
  const criteria: string[] = [];
  let isInside = isCriteria;
  let isScenario = false;
  for (const line of text.split(/\r\n?|\n/).map((each) => each.trim())) {
    if (line === '') {
      isScenario = false;
    } else if (heading.test(line)) {
      [isInside, isScenario] = [true, false];
    } else if (!isCriteria && otherHeading.test(line) && !bullet.test(line)) {
      [isInside, isScenario] = [false, false];
    } else if (isScenario && scenarioStep.test(toPlainLine(line)) && !startsScenario(line, criteria.at(-1))) {
      criteria.push(`${criteria.pop() ?? ''} ${toPlainLine(line)}`);
    } else if (scenarioStart.test(toPlainLine(line)) && (isInside || /^given\b/i.test(toPlainLine(line)))) {
      criteria.push(toPlainLine(line));
      isScenario = true;
    } else if (isInside) {
      criteria.push(toPlainLine(line));
      isScenario = false;
    }
  }
  return criteria.filter((criterion) => criterion !== '');
}

/** A second "Given" begins the next scenario, unless all there was of this one is its title. */
function startsScenario(line: string, scenario: string | undefined): boolean {
  return (
    /^given\b/i.test(toPlainLine(line)) &&
    /\b(given|when|then)\b/i.test((scenario ?? '').replace(/^scenario[^:]*:?/i, ''))
  );
}

function toPlainLine(line: string): string {
  return toPlainText(line.replace(bullet, '')).trim();
}
