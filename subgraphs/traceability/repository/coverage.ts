/** Coverage: counts by level and risk rating, for any number of repositories with one statement. */
import { sql, type Queryable } from '../../kernel/db/index.js';
import { riskRatings, type RiskRating } from '../domain/index.js';

export interface LevelCoverage {
  readonly total: number;
  /** Have a valid child; of evidence: have their parent. */
  readonly covered: number;
  /** Everything below ends in verified evidence. */
  readonly deeplyCovered: number;
  readonly ratio: number | null;
  readonly deepRatio: number | null;
}

export interface Coverage {
  readonly requirements: LevelCoverage;
  readonly userStories: LevelCoverage;
  readonly specifications: LevelCoverage;
  readonly evidence: LevelCoverage;
  readonly byRiskRating: readonly { readonly riskRating: RiskRating; readonly requirements: LevelCoverage }[];
}

interface CountRow {
  readonly repository_id: string;
  readonly level: 'REQUIREMENT' | 'USER_STORY' | 'SPECIFICATION' | 'SIGNED_EVIDENCE';
  readonly risk: RiskRating | null;
  readonly total: number;
  readonly covered: number;
  readonly deep: number;
}

/** In the order of the ids. A repository without artefacts has zeros. */
export async function listCoverageByRepository(db: Queryable, repositoryIds: readonly string[]): Promise<Coverage[]> {
  // `deep` says what the domain's coveredNodes says, from the statuses of the links one level down.
  const rows = await db.query<CountRow>(sql`/* traceability.coverage */
    with children as materialized (
      select l.source_repository_id as repository_id, l.source_id as gxp_id, l.link_type,
        bool_or(l.is_valid) as covered, bool_and(l.status = 'COVERED') as all_covered,
        bool_and(l.is_valid) and bool_or(l.status = 'COVERED') and not bool_or(e.signature_verified is false) as proven
      from traceability.traceability_links l
      left join traceability.evidence e
        on l.link_type = 'SPEC_TO_EVIDENCE' and e.repository_id = l.repository_id and e.gxp_id = l.target_id
      where l.source_repository_id = any(${repositoryIds}::uuid[])
      group by 1, 2, 3
    ), artefacts as (
      select a.repository_id, 'REQUIREMENT' as level, a.gxp_risk_rating as risk, c.covered, c.all_covered as deep
      from traceability.requirements a left join children c
        on c.link_type = 'REQ_TO_US' and c.repository_id = a.repository_id and c.gxp_id = a.gxp_id
      where a.repository_id = any(${repositoryIds}::uuid[])
      union all
      select a.repository_id, 'USER_STORY', null, c.covered, c.all_covered
      from traceability.user_stories a left join children c
        on c.link_type = 'US_TO_SPEC' and c.repository_id = a.repository_id and c.gxp_id = a.gxp_id
      where a.repository_id = any(${repositoryIds}::uuid[])
      union all
      select a.repository_id, 'SPECIFICATION', null, c.covered, c.proven
      from traceability.specs a left join children c
        on c.link_type = 'SPEC_TO_EVIDENCE' and c.repository_id = a.repository_id and c.gxp_id = a.gxp_id
      where a.repository_id = any(${repositoryIds}::uuid[])
      union all
      select a.repository_id, 'SIGNED_EVIDENCE', null, l.is_valid, a.signature_verified
      from traceability.evidence a left join traceability.traceability_links l
        on l.repository_id = a.repository_id and l.target_id = a.gxp_id
      where a.repository_id = any(${repositoryIds}::uuid[])
    )
    select repository_id, level, risk, count(*)::int4 as total,
      (count(*) filter (where covered))::int4 as covered, (count(*) filter (where deep))::int4 as deep
    from artefacts group by repository_id, level, risk`);
  return repositoryIds.map((repositoryId) => toCoverage(rows.filter((row) => row.repository_id === repositoryId)));
}

function toCoverage(rows: readonly CountRow[]): Coverage {
  const level = (name: CountRow['level'], risk?: RiskRating): LevelCoverage =>
    sum(rows.filter((row) => row.level === name && (risk === undefined || row.risk === risk)));
  return {
    requirements: level('REQUIREMENT'),
    userStories: level('USER_STORY'),
    specifications: level('SPECIFICATION'),
    evidence: level('SIGNED_EVIDENCE'),
    byRiskRating: riskRatings.map((riskRating) => ({ riskRating, requirements: level('REQUIREMENT', riskRating) })),
  };
}

function sum(rows: readonly CountRow[]): LevelCoverage {
  const of = (name: 'total' | 'covered' | 'deep'): number => rows.reduce((total, row) => total + row[name], 0);
  const total = of('total');
  const ratio = (part: number): number | null => (total === 0 ? null : part / total);
  const [covered, deeplyCovered] = [of('covered'), of('deep')];
  return { total, covered, deeplyCovered, ratio: ratio(covered), deepRatio: ratio(deeplyCovered) };
}
