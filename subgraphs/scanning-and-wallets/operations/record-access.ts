/** The access log of a scan: what was asked of the network, and what came back, without what it said. */
import { UserErrors } from '../../kernel/errors/index.js';
import { write, type Writer, type Written } from '../../kernel/write/index.js';
import { accessFaults, assertContentHash, metadataFaults, sanitizeHeaders, toMediaType } from '../domain/index.js';
import { insertScanAuditLog, lockScanJob } from '../repository/index.js';
import { assertLease, notFound } from './change-job.js';

export interface Access {
  readonly jobId: string;
  readonly leaseToken: string;
  readonly urlAccessed: string;
  readonly contentHash?: string | null | undefined;
  readonly httpStatus?: number | null | undefined;
  readonly httpHeaders?: Readonly<Record<string, unknown>> | null | undefined;
  readonly contentType?: string | null | undefined;
  readonly riskAssessmentSummary?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Logs one access of a leased job. The URL has been checked by the caller, or is logged as refused. */
export function recordAccess(writer: Writer, access: Access): Promise<Written<{ scanAuditLog: string }>> {
  return write(writer, { operation: 'scanAccessRecord' }, async (tx) => {
    assertAccess(access);
    const job = await lockScanJob(tx, access.jobId);
    if (job === null) throw notFound();
    assertLease(job, access.leaseToken);
    const id = await insertScanAuditLog(tx, {
      scanJobId: job.id,
      urlAccessed: access.urlAccessed,
      contentHash: access.contentHash ?? null,
      httpStatus: access.httpStatus ?? null,
      httpHeaders: sanitizeHeaders(access.httpHeaders ?? {}),
      contentType: toMediaType(access.contentType),
      riskAssessmentSummary: access.riskAssessmentSummary ?? null,
    });
    tx.record({
      type: 'ScanAuditLog',
      key: id,
      action: 'scanAccessRecorded',
      details: { scanJob: job.id, httpStatus: access.httpStatus ?? null },
      account: job.userId,
      event: false,
    });
    return { scanAuditLog: id };
  });
}

function assertAccess(access: Access): void {
  if (access.contentHash != null) assertContentHash(access.contentHash);
  const faults = [
    ...accessFaults(access),
    ...(access.riskAssessmentSummary == null
      ? []
      : metadataFaults('riskAssessmentSummary', access.riskAssessmentSummary)),
  ];
  if (faults.length > 0) throw new UserErrors(faults);
}
