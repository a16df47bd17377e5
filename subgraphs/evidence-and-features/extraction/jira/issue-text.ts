/** The texts of an issue: Jira's markup taken away, and the acceptance criteria that stand in them. */

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

const heading = /^(?:h[1-6]\.\s*|#+\s*|\*+)?acceptance criteria\b[\s*:]*$/i;
const otherHeading = /^(?:h[1-6]\.\s*\S|#{1,6}\s+\S|\*[^*\n]+\*:?\s*$)/;
const bullet = /^(?:[*#-]+|\d+[.)]|\[[ xX]?\])\s+/;
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
