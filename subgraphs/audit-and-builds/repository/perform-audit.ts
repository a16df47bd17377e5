/** Runs the checks over posted files and stores what they found. */
import { userError, type UserError } from '../../kernel/errors/index.js';
import type { Writer, Written } from '../../kernel/write/index.js';
import { runChecks } from '../auditor/index.js';
import { findContract, type AuditFile } from '../domain/audit/index.js';
import { completeAuditRun, findContractsByAuditRun } from './audit-runs.js';

export interface PerformInput {
  readonly auditRunId: string;
  readonly leaseToken?: string | null;
  readonly files: readonly AuditFile[];
  readonly changedPaths?: readonly string[] | null;
  readonly boundaries?: string | null;
  readonly physics?: string | null;
}

const mostFiles = 20_000;
const longestPath = 500;

/** The checks run before the transaction: a large commit holds no lock while it is judged. */
export async function performAuditRun(writer: Writer, input: PerformInput): Promise<Written<{ auditRun: string }>> {
  const refused = checkFiles(input.files);
  if (refused.length > 0) return { userErrors: refused };
  const stored = await findContractsByAuditRun(writer.database, input.auditRunId);
  const faults: unknown[] = [];
  const checks = await runChecks(
    {
      files: input.files,
      changedPaths: input.changedPaths ?? null,
      boundaries: input.boundaries ?? findContract(input.files, 'boundaries') ?? stored.boundaries,
      physics: input.physics ?? findContract(input.files, 'physics') ?? stored.physics,
    },
    { onFault: (error) => void faults.push(error) },
  );
  // A check that is itself at fault is nobody's verdict: it is told as any fault of ours is.
  if (faults.length > 0) throw faults[0];
  return completeAuditRun(writer, 'auditRunPerform', {
    auditRunId: input.auditRunId,
    leaseToken: input.leaseToken ?? null,
    filesChecked: input.files.length,
    checks,
    judgesByFindings: true,
  });
}

function checkFiles(files: readonly AuditFile[]): readonly UserError[] {
  if (files.length < 1 || files.length > mostFiles) {
    return userError('VALIDATION', 'files', `Expected 1 to ${mostFiles} files.`).userErrors;
  }
  const index = files.findIndex(({ path }) => !isPath(path));
  if (index === -1) return [];
  return userError('VALIDATION', ['files', String(index), 'path'], 'Expected a path from the root, with /.').userErrors;
}

function isPath(path: string): boolean {
  return path.length >= 1 && path.length <= longestPath && !/^\/|\\|(?:^|\/)\.\.?(?:\/|$)/.test(path);
}
