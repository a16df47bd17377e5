/** Prints how each repository stands and what waits for a signature: npm start -- --url http://127.0.0.1:4000/graphql */
import { parseArgs } from 'node:util';
import { createClient } from './client';
import type { WaitingApprovalsQuery } from './generated/graphql';
import { RepositoryReport, WaitingApprovals } from './operations';

const { values } = parseArgs({
  options: { url: { type: 'string', default: 'http://127.0.0.1:4000/graphql' }, token: { type: 'string' } },
});
const ask = createClient(values);

const { repositories } = await ask(RepositoryReport, { first: 20 });
console.table(
  (repositories?.nodes ?? []).map(({ fullName, coverage, auditRuns, approvalRequests }) => ({
    repository: fullName,
    proven: coverage ? `${coverage.requirements.deeplyCovered} of ${coverage.requirements.total}` : 'unknown',
    'last audit': auditRuns?.nodes[0]?.overallResult ?? 'none',
    'open approvals': approvalRequests?.totalCount ?? 'unknown',
  })),
);

type Waiting = NonNullable<WaitingApprovalsQuery['approvalRequests']>['nodes'][number];

/** A union: the compiler knows which fields there are once `__typename` is. */
function describe({ workItem }: Waiting): string {
  const subject = workItem?.subject;
  if (subject == null) return workItem?.type ?? 'something';
  switch (subject.__typename) {
    case 'Requirement':
      return `${subject.gxpId} ${subject.title}`;
    case 'Build':
      return `the build "${subject.phase}"`;
    default:
      return subject.__typename;
  }
}

const { approvalRequests } = await ask(WaitingApprovals);
for (const request of approvalRequests?.nodes ?? []) {
  console.log(
    `${describe(request)} waits since ${request.requestedAt} for a signature of level ${request.requiredLevel}`,
  );
}
