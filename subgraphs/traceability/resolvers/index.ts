/** Owns what the entity maps can't derive: mutations, the subscription, and fields with rules of their own. */
import type { ResolverMap } from '../../kernel/read/index.js';
import { ArtifactMatch } from './ArtifactMatch.js';
import { Commit } from './Commit.js';
import { Gap } from './Gap.js';
import { linkReview } from './mutation/linkReview.js';
import { repositoryActivate } from './mutation/repositoryActivate.js';
import { repositoryDeactivate } from './mutation/repositoryDeactivate.js';
import { repositoryRegister } from './mutation/repositoryRegister.js';
import { repositoryUpdate } from './mutation/repositoryUpdate.js';
import { scanIngest } from './mutation/scanIngest.js';
import { trustedKeyAdd } from './mutation/trustedKeyAdd.js';
import { trustedKeyRevoke } from './mutation/trustedKeyRevoke.js';
import { validationStatusChange } from './mutation/validationStatusChange.js';
import { Query } from './Query.js';
import { Repository } from './Repository.js';
import { RepositoryScanned } from './RepositoryScanned.js';
import { Scan } from './Scan.js';
import { SignedEvidence } from './SignedEvidence.js';
import { Subscription } from './Subscription.js';
import { TraceabilityLink } from './TraceabilityLink.js';
import { TraceabilityMatrixRow } from './TraceabilityMatrixRow.js';
import { TraceStep } from './TraceStep.js';
import { ValidationStatusChangePayload } from './ValidationStatusChangePayload.js';

export const resolvers: ResolverMap = {
  ArtifactMatch,
  Commit,
  Gap,
  Mutation: {
    linkReview,
    repositoryActivate,
    repositoryDeactivate,
    repositoryRegister,
    repositoryUpdate,
    scanIngest,
    trustedKeyAdd,
    trustedKeyRevoke,
    validationStatusChange,
  },
  Query,
  Repository,
  RepositoryScanned,
  Scan,
  SignedEvidence,
  Subscription,
  TraceabilityLink,
  TraceabilityMatrixRow,
  TraceStep,
  ValidationStatusChangePayload,
};
