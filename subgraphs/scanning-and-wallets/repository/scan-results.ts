/** What scans found. */
import { sql, type Transaction } from '../../kernel/db/index.js';

export interface NewScanResult {
  readonly jobId: string;
  readonly riskScore: number;
  readonly categories: readonly string[];
  readonly contentHash: string;
  readonly httpStatus: number | null;
  readonly httpHeaders: Readonly<Record<string, string>>;
  readonly contentType: string | null;
  readonly modelUsed: string;
  readonly analysisMetadata: Readonly<Record<string, unknown>>;
  readonly reasoning: string | null;
  readonly indicators: readonly string[];
}

export async function insertScanResult(tx: Transaction, result: NewScanResult): Promise<void> {
  await tx.query(sql`/* scanning.insertScanResult */
    insert into scanning.scan_results (job_id, risk_score, categories, content_hash, http_status, http_headers, content_type,
      model_used, analysis_metadata, reasoning, indicators)
    values (${result.jobId}::uuid, ${result.riskScore}, ${sql.json(result.categories)}::jsonb, ${result.contentHash},
      ${result.httpStatus}, ${sql.json(result.httpHeaders)}::jsonb, ${result.contentType}, ${result.modelUsed},
      ${sql.json(result.analysisMetadata)}::jsonb, ${result.reasoning}, ${sql.json(result.indicators)}::jsonb)`);
}
