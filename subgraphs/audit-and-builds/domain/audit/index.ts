/** Owns the audit of a commit: the checks there are, and how they are run over its files. */
import { Script } from 'node:vm';
import { boundariesCheck } from './boundaries.js';
import { ContractError } from './contract.js';
import { physicsCheck } from './physics.js';
import { testEvidenceCheck } from './test-evidence.js';
import type { AuditSubject, Check, CheckOutcome } from './types.js';

export const checks: readonly Check[] = [boundariesCheck, testEvidenceCheck, physicsCheck];

/** Every check judges, whatever the others found: one that breaks is an ERROR of its own. */
export function runChecks(
  subject: AuditSubject,
  chosen: readonly Check[] = checks,
  milliseconds = timeFor(subject),
): CheckOutcome[] {
  return chosen.map((check) => {
    const { code, name } = check;
    try {
      return { code, name, ...inTime(milliseconds, () => check.run(subject)) };
    } catch (error) {
      return { code, name, result: 'ERROR', detail: reasonOf(error) };
    }
  });
}

/** Ten times what a check takes. */
function timeFor({ files }: AuditSubject): number {
  return 2_000 + Math.ceil(files.reduce((sum, { content }) => sum + content.length, 0) / 1_000);
}

const call = new Script('work()');

/** Globs of a contract are regular expressions in the end: 25 characters of one can take a minute of this thread. */
function inTime<T>(milliseconds: number, work: () => T): T {
  return call.runInNewContext({ work }, { timeout: milliseconds }) as T;
}

function reasonOf(error: unknown): string {
  if (error instanceof ContractError) return error.message;
  const isLate = (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
  return isLate
    ? 'The check took too long: a glob of a contract may have too many asterisks.'
    : 'The check itself is at fault.';
}

/** As the database computes it: any ERROR, else any FAIL, else PASS. */
export function verdictOf(outcomes: readonly Pick<CheckOutcome, 'result'>[]): 'PASS' | 'FAIL' | 'ERROR' {
  if (outcomes.some(({ result }) => result === 'ERROR')) return 'ERROR';
  return outcomes.some(({ result }) => result === 'FAIL') ? 'FAIL' : 'PASS';
}

export type { AuditFile, AuditSubject, Check, CheckOutcome, CheckResult, Finding } from './types.js';
