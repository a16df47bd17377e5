/** Owns what the entity maps can't derive: mutations, subscriptions, and fields with rules of their own. */
import type { ResolverMap } from '../../kernel/read/index.js';
import { approvalDecide } from './mutation/approvalDecide.js';
import { approvalPolicySave } from './mutation/approvalPolicySave.js';
import { deadLettersRedrive } from './mutation/deadLettersRedrive.js';
import { runCancel } from './mutation/runCancel.js';
import { runPause } from './mutation/runPause.js';
import { runResume } from './mutation/runResume.js';
import { runStart } from './mutation/runStart.js';
import { workItemComplete } from './mutation/workItemComplete.js';
import { workItemFail } from './mutation/workItemFail.js';
import { workItemHeartbeat } from './mutation/workItemHeartbeat.js';
import { workItemsClaim } from './mutation/workItemsClaim.js';
import { workOrderCancel } from './mutation/workOrderCancel.js';
import { workOrderCreate } from './mutation/workOrderCreate.js';
import { workItem as itemOfChange, workItemChanged } from './Subscription.js';
import { attempt as attemptOfClaim, workItem as itemOfClaim } from './WorkItemClaim.js';
import { subject, subjectResolvers } from './WorkItemSubject.js';

export function createResolvers(): ResolverMap {
  return {
    Mutation: {
      approvalDecide,
      approvalPolicySave,
      deadLettersRedrive,
      runCancel,
      runPause,
      runResume,
      runStart,
      workItemComplete,
      workItemFail,
      workItemHeartbeat,
      workItemsClaim,
      workOrderCancel,
      workOrderCreate,
    },
    Subscription: { workItemChanged },
    WorkItemChange: { workItem: itemOfChange },
    WorkItemClaim: { workItem: itemOfClaim, attempt: attemptOfClaim },
    WorkItem: { subject },
    ...subjectResolvers,
  };
}
