/** An audit of a checkout in the graph: requested for its commit, and carried out over its files. */
import type { AuditSubject } from '../../subgraphs/audit-and-builds/index.js';
import { StartupError } from '../../subgraphs/kernel/errors/index.js';
import type { CheckoutFacts } from '../checkout/index.js';
import { printable, type GraphClient } from '../graph-client/index.js';

export interface RecordedAudit {
  /** Global id of the audit run. */
  readonly id: string;
  readonly overallResult: string;
  readonly filesChecked: number;
  readonly checks: readonly RecordedCheck[];
}

export interface RecordedCheck {
  readonly code: string;
  readonly name: string;
  readonly result: string;
  readonly detail: string | null;
}

interface Payload<Run> {
  readonly auditRun: Run | null;
  readonly userErrors: readonly { readonly code: string; readonly message: string }[];
}

const pendingQuery = /* GraphQL */ `
  query PendingAudit($filter: AuditRunFilter!) {
    auditRuns(first: 1, filter: $filter) {
      nodes {
        id
      }
    }
  }
`;

const requestMutation = /* GraphQL */ `
  mutation RequestAudit($input: AuditRunRequestInput!) {
    auditRunRequest(input: $input) {
      auditRun {
        id
      }
      userErrors {
        code
        message
      }
    }
  }
`;

const performMutation = /* GraphQL */ `
  mutation PerformAudit($input: AuditRunPerformInput!) {
    auditRunPerform(input: $input) {
      auditRun {
        id
        overallResult
        filesChecked
        checks {
          code
          name
          result
          detail
        }
      }
      userErrors {
        code
        message
      }
    }
  }
`;

/** Throws a StartupError when the files are not those of the commit, or the graph refuses. */
export async function recordAudit(
  client: GraphClient,
  facts: CheckoutFacts,
  subject: AuditSubject,
): Promise<RecordedAudit> {
  if (facts.dirty !== false) {
    throw new StartupError(
      'Only a checkout without uncommitted changes can be recorded: an audit says what was found at a commit.',
    );
  }
  const id = (await findPending(client, facts)) ?? (await request(client, facts));
  const { files, changedPaths, boundaries, physics } = subject;
  const performed = await client.request<{ auditRunPerform: Payload<RecordedAudit> | null }>(performMutation, {
    input: { auditRunId: id, files, changedPaths, boundaries, physics },
  });
  return accepted(performed.auditRunPerform);
}

/** The run that a push has asked for, and that no worker has taken: this is its audit. */
async function findPending(client: GraphClient, { owner, repo, commitSha }: CheckoutFacts): Promise<string | null> {
  const filter = {
    commitSha: { eq: commitSha },
    status: { eq: 'PENDING' },
    repository: { fullName: { eq: `${owner}/${repo}`.toLowerCase() } },
  };
  const { auditRuns } = await client.request<{
    auditRuns: { readonly nodes: readonly { readonly id: string }[] } | null;
  }>(pendingQuery, { filter });
  return auditRuns?.nodes[0]?.id ?? null;
}

async function request(client: GraphClient, { owner, repo, commitSha, branch }: CheckoutFacts): Promise<string> {
  const requested = await client.request<{ auditRunRequest: Payload<{ readonly id: string }> | null }>(
    requestMutation,
    { input: { repositoryId: `Repository:${owner}/${repo}`, commitSha, branch } },
  );
  return accepted(requested.auditRunRequest).id;
}

function accepted<Run>(payload: Payload<Run> | null): Run {
  if (payload?.auditRun) return payload.auditRun;
  const [error] = payload?.userErrors ?? [];
  const reason = error === undefined ? 'it gave no reason' : `${printable(error.message)} (${error.code})`;
  throw new StartupError(`The audit was refused: ${reason}`);
}
