/** Owns what the entity maps can't derive: mutations, the subscription, and computed fields. */
import type { ResolverMap } from '../../kernel/read/index.js';
import type { RequestDependencies } from '../operations/index.js';
import { usage } from './Account.js';
import { accountRegister } from './mutation/accountRegister.js';
import { createScanAccessRecord } from './mutation/scanAccessRecord.js';
import { scanJobAnalyze } from './mutation/scanJobAnalyze.js';
import { scanJobComplete } from './mutation/scanJobComplete.js';
import { scanJobFail } from './mutation/scanJobFail.js';
import { scanJobHeartbeat } from './mutation/scanJobHeartbeat.js';
import { scanJobsClaim } from './mutation/scanJobsClaim.js';
import { scanJobsTimeOut } from './mutation/scanJobsTimeOut.js';
import { createScanRequest } from './mutation/scanRequest.js';
import { walletAdjust } from './mutation/walletAdjust.js';
import { walletCredit } from './mutation/walletCredit.js';
import { myAccount, scanUsage } from './Query.js';
import { scanJob as jobOfClaim } from './ScanJobClaim.js';
import { scanJob as jobOfChange, scanJobChanged } from './Subscription.js';

export function createResolvers(dependencies: RequestDependencies): ResolverMap {
  return {
    Query: { myAccount, scanUsage },
    Account: { usage },
    Mutation: {
      accountRegister,
      scanAccessRecord: createScanAccessRecord(dependencies),
      scanJobAnalyze,
      scanJobComplete,
      scanJobFail,
      scanJobHeartbeat,
      scanJobsClaim,
      scanJobsTimeOut,
      scanRequest: createScanRequest(dependencies),
      walletAdjust,
      walletCredit,
    },
    Subscription: { scanJobChanged },
    ScanJobClaim: { scanJob: jobOfClaim },
    ScanJobChange: { scanJob: jobOfChange },
  };
}
