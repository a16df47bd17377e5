/** The append-only log of every access that a scan made. */
import { sql, type Transaction } from '../../kernel/db/index.js';

export interface NewScanAuditLog {
  readonly scanJobId: string;
  readonly urlAccessed: string;
  /** Null when nothing was received. */
  readonly contentHash: string | null;
  readonly httpStatus: number | null;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly contentType: string | null;
  readonly riskAssessmentSummary: Readonly<Record<string, unknown>> | null;
}

export async function insertScanAuditLog(tx: Transaction, entry: NewScanAuditLog): Promise<string> {
  const { scanJobId, urlAccessed, contentHash, httpStatus, httpHeaders, contentType, riskAssessmentSummary } = entry;
  const summary = riskAssessmentSummary === null ? null : sql.json(riskAssessmentSummary);
  const [row] = await tx.query<{ id: string }>(sql`/* scanning.insertScanAuditLog */
    insert into scanning.audit_logs (scan_job_id, url_accessed, timestamp, content_hash, http_status, http_headers,
      content_type, risk_assessment_summary)
    values (${scanJobId}::uuid, ${urlAccessed}, clock_timestamp(), ${contentHash}, ${httpStatus}, ${sql.json(httpHeaders)}::jsonb,
      ${contentType}, ${summary}::jsonb)
    returning id`);
  if (row === undefined) throw new Error('an inserted access log row was not returned');
  return row.id;
}
