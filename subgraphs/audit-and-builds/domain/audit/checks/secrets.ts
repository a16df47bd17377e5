/** W1: no secret stands in a file. What is told of one is where it stands and what it looks like, never its text. */
import type { Configuration } from '../configuration.js';
import { countLines } from '../line-of.js';
import { isFixture, isLockFile, isTest } from '../places.js';
import { findAssignedSecrets } from '../secrets/assigned.js';
import { findIssuedSecrets } from '../secrets/issued.js';
import { isLocalUrl, isStandIn, type SuspectedSecret } from '../secrets/suspected.js';
import type { Check, CheckInput } from '../check.js';
import type { AuditFile, Finding, Severity } from '../types.js';

/** Told of one file. */
const mostOfAFile = 50;

export function createSecretsCheck({ allowedSecrets }: Configuration): Check {
  const { isAllowedPath, patterns } = allowedSecrets;
  const isAllowed = (text: string): boolean => patterns.some((pattern) => pattern.find(text, 1).length > 0);
  return {
    code: 'W1',
    name: 'Secrets scan',
    run: async ({ files }: CheckInput) => {
      const findings: Finding[] = [];
      for (const file of files) {
        // Hashes of packages are as random as keys.
        if (isLockFile(file.path) || isAllowedPath(file.path)) continue;
        findings.push(...(await scan(file, isAllowed)));
      }
      return { findings };
    },
  };
}

async function scan({ path, content }: AuditFile, isAllowed: (text: string) => boolean): Promise<Finding[]> {
  const isApart = isTest(path) || isFixture(path);
  const issued = (await findIssuedSecrets(path, content)).filter(({ rule, text }) => !isHarmless(rule, text));
  // Tests assign made-up passwords all the time.
  const assigned = isApart
    ? []
    : findAssignedSecrets(path, content).filter(
        ({ start, text }) => !issued.some((each) => overlaps(each, start, text)),
      );
  const suspected = [...issued, ...assigned].sort((a, b) => a.start - b.start).filter(({ text }) => !isAllowed(text));
  if (suspected.length === 0) return [];
  const lineOf = countLines(content);
  const lines = content.split('\n');
  const told = new Map<string, Finding>();
  for (const secret of suspected) {
    const line = lineOf(secret.start);
    if (/\b(?:gitleaks|weft):allow\b/.test(lines[line - 1] ?? '')) continue;
    const finding = {
      rule: secret.rule,
      severity: severityOf(secret, isApart),
      path,
      line,
      message: `has ${secret.what}`,
    };
    told.set(`${secret.rule} ${line}`, finding);
  }
  return [...told.values()].slice(0, mostOfAFile);
}

function isHarmless(rule: string, text: string): boolean {
  if (rule === 'basicauth' || rule === 'database-connection-string') return isStandIn(text) || isLocalUrl(text);
  return rule !== 'privatekey' && isStandIn(text.slice(0, 200));
}

function overlaps(issued: SuspectedSecret, start: number, text: string): boolean {
  return start < issued.start + issued.text.length && issued.start < start + text.length;
}

/** Certain is what its issuer gave a form; what tests hold was most likely made for them. */
function severityOf({ isCertain }: SuspectedSecret, isApart: boolean): Severity {
  return isCertain && !isApart ? 'ERROR' : 'WARNING';
}
