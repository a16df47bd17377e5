/** Owns the audit of a commit: the checks there are, and how they are run over its files. */
import { boundariesCheck } from './boundaries.js';
import { ContractError } from './contract.js';
import { physicsCheck } from './physics.js';
import { testEvidenceCheck } from './test-evidence.js';
import type { AuditSubject, Check, CheckOutcome } from './types.js';

export const checks: readonly Check[] = [boundariesCheck, testEvidenceCheck, physicsCheck];

/** Every check judges, whatever the others found: one that breaks is an ERROR of its own. */
export function runChecks(subject: AuditSubject, chosen: readonly Check[] = checks): CheckOutcome[] {
  return chosen.map((check) => {
    const { code, name } = check;
    try {
      return { code, name, ...check.run(subject) };
    } catch (error) {
      const reason = error instanceof ContractError ? error.message : 'The check itself is at fault.';
      return { code, name, result: 'ERROR', detail: reason };
    }
  });
}

/** As the database computes it: any ERROR, else any FAIL, else PASS. */
export function verdictOf(outcomes: readonly Pick<CheckOutcome, 'result'>[]): 'PASS' | 'FAIL' | 'ERROR' {
  if (outcomes.some(({ result }) => result === 'ERROR')) return 'ERROR';
  return outcomes.some(({ result }) => result === 'FAIL') ? 'FAIL' : 'PASS';
}

export type { AuditFile, AuditSubject, Check, CheckOutcome, CheckResult, Finding } from './types.js';
