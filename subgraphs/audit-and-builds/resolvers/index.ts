/** Owns what the entity maps can't derive: mutations, subscriptions, and fields with rules of their own. */
import type { ResolverMap } from '../../kernel/read/index.js';
import type { Keyring } from '../../kernel/encryption/index.js';
import { AuditRun } from './AuditRun.js';
import { AuditRunChange } from './AuditRunChange.js';
import { AuditRunClaim } from './AuditRunClaim.js';
import { Build } from './Build.js';
import { BuildChange } from './BuildChange.js';
import { Commit } from './Commit.js';
import { auditFindingsAccept } from './mutation/auditFindingsAccept.js';
import { auditFindingsReopen } from './mutation/auditFindingsReopen.js';
import { auditRunComplete } from './mutation/auditRunComplete.js';
import { auditRunFail } from './mutation/auditRunFail.js';
import { auditRunPerform } from './mutation/auditRunPerform.js';
import { auditRunRequest } from './mutation/auditRunRequest.js';
import { auditRunsClaim } from './mutation/auditRunsClaim.js';
import { buildCancel } from './mutation/buildCancel.js';
import { buildComplete } from './mutation/buildComplete.js';
import { buildCreate } from './mutation/buildCreate.js';
import { buildFail } from './mutation/buildFail.js';
import { buildLogsAppend } from './mutation/buildLogsAppend.js';
import { buildProgress } from './mutation/buildProgress.js';
import { buildStart } from './mutation/buildStart.js';
import { buildsTimeOut } from './mutation/buildsTimeOut.js';
import { contractSave } from './mutation/contractSave.js';
import { projectCreate } from './mutation/projectCreate.js';
import { projectStatusChange } from './mutation/projectStatusChange.js';
import { projectUpdate } from './mutation/projectUpdate.js';
import { questionnaireAnswer } from './mutation/questionnaireAnswer.js';
import { repositoryConnect } from './mutation/repositoryConnect.js';
import { repositoryDisconnect } from './mutation/repositoryDisconnect.js';
import { repositoryWebhookSet } from './mutation/repositoryWebhookSet.js';
import { createUserRegister } from './mutation/userRegister.js';
import { Subscription } from './Subscription.js';

export function createResolvers(keyring: Keyring | null): ResolverMap {
  return {
    AuditRun,
    AuditRunChange,
    AuditRunClaim,
    Build,
    BuildChange,
    Commit,
    Mutation: {
      auditFindingsAccept,
      auditFindingsReopen,
      auditRunComplete,
      auditRunFail,
      auditRunPerform,
      auditRunRequest,
      auditRunsClaim,
      buildCancel,
      buildComplete,
      buildCreate,
      buildFail,
      buildLogsAppend,
      buildProgress,
      buildStart,
      buildsTimeOut,
      contractSave,
      projectCreate,
      projectStatusChange,
      projectUpdate,
      questionnaireAnswer,
      repositoryConnect,
      repositoryDisconnect,
      repositoryWebhookSet,
      userRegister: createUserRegister(keyring),
    },
    Subscription,
  };
}
