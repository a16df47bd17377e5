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

export const acceptedBreaks: readonly AcceptedBreak[] = filteredByRepository.map((type) => ({
  change: `${type}.repository changed type from ID to RepositoryFilter.`,
  reason: 'One way to filter by repository in every domain.',
}));
