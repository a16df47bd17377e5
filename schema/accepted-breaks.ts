/** Breaking changes of the API since the last release that were made on purpose. CHANGELOG.md tells each to those whom it meets. */
import type { AcceptedBreak } from './breaking-changes.js';

/** A repository is said by its conditions in every domain's filters, as everything else that a to-one relation leads to. */
const filteredByRepository = [
  'RequirementFilter',
  'ScanFilter',
  'SignedEvidenceFilter',
  'SpecificationFilter',
  'SystemContextFilter',
  'TraceabilityLinkFilter',
  'TrustedKeyFilter',
  'UserStoryFilter',
];

const accept = (reason: string, changes: readonly string[]): AcceptedBreak[] =>
  changes.map((change) => ({ change, reason }));

export const acceptedBreaks: readonly AcceptedBreak[] = [
  ...accept(
    'One way to filter by repository in every domain.',
    filteredByRepository.map((type) => `${type}.repository changed type from ID to RepositoryFilter.`),
  ),
  ...accept('An id is called by what it is of, and a payload has an entity under the name of its type.', [
    'A required field traceabilityLinkId on input type LinkReviewInput was added.',
    'LinkReviewInput.linkId was removed.',
    'LinkReviewPayload.link was removed.',
    'LinkedEvidenceEdge.linkId was removed.',
    'LinkedFeatureEdge.linkId was removed.',
    'MemDocRemovePayload.removedId was removed.',
    'DeadLettersRedrivePayload.redrivenIds was removed.',
  ]),
  ...accept('What a payload counts ends in Count, and is 0 when nothing was done.', [
    'BuildsTimeOutPayload.failedCount changed type from Int to NonNegativeInt!.',
    'ProcessingJobCompletePayload.evidenceAdded was removed.',
    'ProcessingJobsRetryPayload.requeued was removed.',
    'ScanJobsTimeOutPayload.timedOut was removed.',
  ]),
  ...accept('An approval policy is named as templates name it.', [
    'A required field policy on input type WorkOrderItemApprovalInput was added.',
    'WorkOrderItemApprovalInput.policyName was removed.',
    'WorkOrderItemApprovalInput.policyVersion was removed.',
  ]),
];
