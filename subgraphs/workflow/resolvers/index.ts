/** Owns what the entity maps can't derive: mutations, subscriptions, and fields with rules of their own. */
import type { Embedder } from '../../kernel/embeddings/index.js';
import type { Keyring } from '../../kernel/encryption/index.js';
import type { ResolverMap } from '../../kernel/read/index.js';
import { MemDocMatch } from './MemDocMatch.js';
import { approvalDecide } from './mutation/approvalDecide.js';
import { approvalPolicySave } from './mutation/approvalPolicySave.js';
import { capabilitySave } from './mutation/capabilitySave.js';
import { createConnectorCheckRecord } from './mutation/connectorCheckRecord.js';
import { createConnectorSave } from './mutation/connectorSave.js';
import { deadLettersRedrive } from './mutation/deadLettersRedrive.js';
import { documentSchemaActiveSet } from './mutation/documentSchemaActiveSet.js';
import { documentSchemaSave } from './mutation/documentSchemaSave.js';
import { evalResultRecord } from './mutation/evalResultRecord.js';
import { memDocRemove } from './mutation/memDocRemove.js';
import { createMemDocSave } from './mutation/memDocSave.js';
import { runCancel } from './mutation/runCancel.js';
import { runPause } from './mutation/runPause.js';
import { runResume } from './mutation/runResume.js';
import { runStart } from './mutation/runStart.js';
import { scheduleRemove } from './mutation/scheduleRemove.js';
import { scheduleSave } from './mutation/scheduleSave.js';
import { toolSave } from './mutation/toolSave.js';
import { workflowTemplateActiveSet } from './mutation/workflowTemplateActiveSet.js';
import { workflowTemplateSave } from './mutation/workflowTemplateSave.js';
import { toolCallBegin } from './mutation/toolCallBegin.js';
import { toolCallFinish } from './mutation/toolCallFinish.js';
import { workItemComplete } from './mutation/workItemComplete.js';
import { workItemFail } from './mutation/workItemFail.js';
import { workItemHeartbeat } from './mutation/workItemHeartbeat.js';
import { workItemsClaim } from './mutation/workItemsClaim.js';
import { workOrderCancel } from './mutation/workOrderCancel.js';
import { workOrderCreate } from './mutation/workOrderCreate.js';
import { modelUsage } from './query/modelUsage.js';
import { passRates } from './query/passRates.js';
import { createSearchMemory } from './query/searchMemory.js';
import { templateScores } from './query/templateScores.js';
import { workItem as itemOfChange, workItemChanged } from './Subscription.js';
import { TemplateScore } from './TemplateScore.js';
import { attempt as attemptOfClaim, workItem as itemOfClaim } from './WorkItemClaim.js';
import { subjectResolvers } from './WorkItemSubject.js';

export interface Dependencies {
  /** Null: no secrets can be stored. */
  readonly keyring: Keyring | null;
  readonly embedder: Embedder;
}

export function createResolvers({ keyring, embedder }: Dependencies): ResolverMap {
  return {
    Query: { modelUsage, passRates, searchMemory: createSearchMemory(embedder), templateScores },
    Mutation: {
      approvalDecide,
      approvalPolicySave,
      capabilitySave,
      connectorCheckRecord: createConnectorCheckRecord(keyring),
      connectorSave: createConnectorSave(keyring),
      deadLettersRedrive,
      documentSchemaActiveSet,
      documentSchemaSave,
      evalResultRecord,
      memDocRemove,
      memDocSave: createMemDocSave(embedder),
      runCancel,
      runPause,
      runResume,
      runStart,
      scheduleRemove,
      scheduleSave,
      toolSave,
      workflowTemplateActiveSet,
      workflowTemplateSave,
      toolCallBegin,
      toolCallFinish,
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
    MemDocMatch,
    TemplateScore,
    ...subjectResolvers,
  };
}
