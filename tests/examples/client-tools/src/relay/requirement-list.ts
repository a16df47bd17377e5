/** What Relay asks of a schema beyond operations: connections with edges, and refetching by `node`. */
import { graphql } from 'relay-runtime';
import type { requirementList_repository$data } from './__generated__/requirementList_repository.graphql.js';
import type { requirementListQuery$variables } from './__generated__/requirementListQuery.graphql.js';

export const page = graphql`
  fragment requirementList_repository on Repository
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "requirementListPageQuery") {
    requirements(first: $count, after: $cursor) @connection(key: "requirementList_requirements") {
      edges {
        node {
          id
          gxpId
          gxpRiskRating
        }
      }
    }
  }
`;

export const query = graphql`
  query requirementListQuery($id: ID!) {
    repository(id: $id) {
      ...requirementList_repository
    }
  }
`;

export const change = graphql`
  mutation requirementListMutation($input: LinkReviewInput!) {
    linkReview(input: $input) {
      userErrors {
        code
        message
      }
    }
  }
`;

export function idsOf({ requirements }: requirementList_repository$data): string[] {
  return requirements?.edges.map(({ node }) => node.gxpId) ?? [];
}

export function isHigh({ requirements }: requirementList_repository$data): boolean {
  // @ts-expect-error -- no such rating
  return requirements?.edges[0]?.node.gxpRiskRating === 'ENORMOUS';
}

// @ts-expect-error -- the id is asked for
export const variables: requirementListQuery$variables = {};
