/** What this program asks. After a change here: npm run generate. */
import { graphql } from './generated';

export const RepositoryReport = graphql(/* GraphQL */ `
  query RepositoryReport($first: Int!) {
    repositories(first: $first) {
      nodes {
        id
        fullName
        coverage {
          requirements {
            total
            deeplyCovered
          }
        }
        auditRuns(first: 1, orderBy: { field: CREATED_AT, direction: DESC }) {
          nodes {
            overallResult
          }
        }
        approvalRequests(first: 1, filter: { status: { eq: OPEN } }) {
          totalCount
        }
      }
    }
  }
`);

export const WaitingApprovals = graphql(/* GraphQL */ `
  query WaitingApprovals {
    approvalRequests(first: 10, filter: { status: { eq: OPEN } }) {
      nodes {
        requiredLevel
        requestedAt
        workItem {
          type
          subject {
            __typename
            ... on Requirement {
              gxpId
              title
            }
            ... on Build {
              phase
            }
          }
        }
      }
    }
  }
`);
