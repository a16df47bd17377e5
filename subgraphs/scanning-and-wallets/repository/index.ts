/** Owns the SQL of this domain's changes: accounts, credit, jobs, results and the access log. */
export { upsertAccount } from './accounts.js';
export { insertScanAuditLog, type NewScanAuditLog } from './scan-audit-logs.js';
export {
  claimScanJobs,
  listOverdueScanJobs,
  lockScanJob,
  updateJobToAnalyzing,
  updateJobToEnd,
  updateLease,
  type ClaimedJob,
  type ClaimRequest,
  type LockedJob,
} from './scan-jobs.js';
export {
  exceedsRate,
  findRequestState,
  insertScanJob,
  type RequestedScan,
  type RequestState,
} from './scan-requests.js';
export { insertScanResult } from './scan-results.js';
export { listUsage, type UsageDay } from './usage.js';
export { bookCredit, findBalanceByUser } from './wallets.js';
