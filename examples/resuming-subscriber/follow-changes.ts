/** The subscription: every change after a cursor, then each as it happens. */
import { readEvents } from './event-stream.js';

/** Fields of any subgraph: the gateway fetches them for each change. */
const query = /* GraphQL */ `
  subscription Changes($after: String, $types: [String!]) {
    changes(after: $after, types: $types) {
      cursor
      occurredAt
      type
      action
      entityId
      repository
      node {
        ... on Requirement {
          gxpId
          title
        }
        ... on Build {
          phase
          buildStatus: status
        }
        ... on WorkItem {
          itemStatus: status
          approvalStatus
        }
      }
    }
  }
`;

export interface Change {
  readonly cursor: string;
  readonly occurredAt: string;
  readonly type: string;
  readonly action: string;
  readonly entityId: string;
  readonly repository: string | null;
  /** Null when the entity is gone, or its subgraph did not answer. */
  readonly node: Readonly<Record<string, unknown>> | null;
}

interface Answer {
  readonly data?: { readonly changes: Change | null } | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** What asking again would not mend: a person has to look at it. */
export class Refused extends Error {}

/** Everything else, such as SLOW_CONSUMER or a gateway that restarts, passes: go on from the last cursor. */
const refusals = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'CURSOR_EXPIRED',
  'CURSOR_INVALID',
  'FORBIDDEN',
  'GRAPHQL_VALIDATION_FAILED',
  'UNAUTHENTICATED',
]);

export interface FollowOptions {
  readonly url: string;
  readonly token: string | undefined;
  /** Null at the very first start: from now on. */
  readonly after: string | null;
  /** Undefined is all. */
  readonly types: readonly string[] | undefined;
  readonly onFollowing: () => void;
}

/** Ends or throws when the stream does. */
export async function* followChanges(options: FollowOptions): AsyncGenerator<Change> {
  const { url, token, after, types } = options;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables: { after, types } }),
  });
  if (response.body === null || response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    take((await response.json()) as Answer);
    throw new Error(`${url} answered ${response.status} and no stream`);
  }
  options.onFollowing();
  for await (const { event, data } of readEvents(response.body)) {
    if (event === 'complete') return;
    const change = take(JSON.parse(data) as Answer);
    if (change !== null) yield change;
  }
}

/** A change whose node has an error is a change all the same. */
function take({ data, errors = [] }: Answer): Change | null {
  if (data?.changes != null) return data.changes;
  const [error] = errors;
  if (error === undefined) return null;
  const { code = 'UNKNOWN' } = error.extensions ?? {};
  throw refusals.has(code) ? new Refused(`${code}: ${error.message}`) : new Error(`${code}: ${error.message}`);
}
