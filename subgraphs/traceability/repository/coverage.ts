/** Coverage: counts by level and risk rating, for any number of repositories with one statement. */
import { sql, type Queryable, type SqlStatement } from '../../kernel/db/index.js';
import { riskRatings, type RiskRating } from '../domain/index.js';
import { proves, refutes } from './evidence-proof.js';

export interface LevelCoverage {
  readonly total: number;
  /** Have a valid child; of evidence: have their parent. */
  readonly covered: number;
  /** Everything below ends in evidence that verifies and passes. */
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

/** A row for each repository, level and risk rating of which there is something. */
export function countCoverage(repositoryIds: readonly string[]): SqlStatement {
  // `deep` says what the domain's coveredNodes says, from the statuses of the links one level down.
  const level = (kind: CountRow['level'], table: string, risk: string): SqlStatement =>
    sql`select a.repository_id, ${sql.raw(`'${kind}' as level, ${risk} as risk`)}, bool_or(l.is_valid) as covered,
        bool_and(l.status = 'COVERED') as deep
      from ${sql.raw(table)} a left join traceability.traceability_links l
        on l.source_repository_id = a.repository_id and l.source_id = a.gxp_id
      where a.repository_id = any(${repositoryIds}::uuid[]) group by a.id`;
  return sql`select repository_id, level, risk, count(*)::int4 as total,
      (count(*) filter (where covered))::int4 as covered, (count(*) filter (where deep))::int4 as deep
    from (
      ${level('REQUIREMENT', 'traceability.requirements', 'a.gxp_risk_rating')}
      union all
      ${level('USER_STORY', 'traceability.user_stories', 'null')}
      union all
      select a.repository_id, 'SPECIFICATION', null, bool_or(l.is_valid),
        bool_and(l.is_valid) and bool_or(l.status = 'COVERED') and not bool_or(${sql.raw(refutes('e'))})
      from traceability.specs a
      left join traceability.traceability_links l on l.source_repository_id = a.repository_id and l.source_id = a.gxp_id
      left join traceability.evidence e on e.repository_id = l.repository_id and e.gxp_id = l.target_id
      where a.repository_id = any(${repositoryIds}::uuid[]) group by a.id
      union all
      select a.repository_id, 'SIGNED_EVIDENCE', null, l.is_valid, ${sql.raw(proves('a'))}
      from traceability.evidence a left join traceability.traceability_links l
        on l.repository_id = a.repository_id and l.target_id = a.gxp_id
      where a.repository_id = any(${repositoryIds}::uuid[])
    ) a group by repository_id, level, risk`;
}

/** In the order of the ids. A repository without artifacts has zeros. */
export async function listCoverageByRepository(db: Queryable, repositoryIds: readonly string[]): Promise<Coverage[]> {
  const rows = await db.query<CountRow>(sql`/* traceability.coverage */ ${countCoverage(repositoryIds)}`);
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
