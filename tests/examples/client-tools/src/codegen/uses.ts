import { graphql } from './gql/index.js';
import type { UsesQuery, UsesQueryVariables } from './gql/graphql.js';

export const operation = graphql(`
  query Uses($first: Int, $filter: RequirementFilter) {
    requirements(first: $first, filter: $filter) {
      nodes {
        gxpId
        gxpRiskRating
        repository {
          fullName
        }
      }
    }
  }
`);

export function namesOf({ requirements }: UsesQuery): string[] {
  return requirements?.nodes.map(({ gxpId, repository }) => `${repository.fullName} ${gxpId}`) ?? [];
}

export function isHigh({ requirements }: UsesQuery): boolean {
  // @ts-expect-error -- no such rating
  return requirements?.nodes[0]?.gxpRiskRating === 'ENORMOUS';
}

export const wellFiltered: UsesQueryVariables = { filter: { not: { isCovered: { eq: true } } } };
// @ts-expect-error -- no such field
export const badlyFiltered: UsesQueryVariables = { filter: { isCoverred: { eq: true } } };
