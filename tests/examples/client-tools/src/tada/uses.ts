import { graphql, type ResultOf, type VariablesOf } from './graphql.js';

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
      groupBy(fields: [{ field: GXP_RISK_RATING }]) {
        aggregate {
          count
        }
      }
    }
  }
`);
type Result = ResultOf<typeof operation>;
type Variables = VariablesOf<typeof operation>;

export function namesOf({ requirements }: Result): string[] {
  return requirements?.nodes.map(({ gxpId, repository }) => `${repository.fullName} ${gxpId}`) ?? [];
}

export function isHigh({ requirements }: Result): boolean {
  // @ts-expect-error -- no such rating
  return requirements?.nodes[0]?.gxpRiskRating === 'ENORMOUS';
}

export const wellFiltered: Variables = {
  filter: { gxpRiskRating: { in: ['HIGH'] }, not: { isCovered: { eq: true } } },
};
// @ts-expect-error -- no such rating
export const badlyFiltered: Variables = { filter: { gxpRiskRating: { in: ['ENORMOUS'] } } };
