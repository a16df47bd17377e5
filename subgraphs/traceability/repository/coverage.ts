/** Coverage: counts by level and risk rating, for any number of repositories with one statement. */
import { sql, type Queryable, type SqlStatement } from '../../kernel/db/index.js';
import { riskRatings, type RiskRating } from '../domain/index.js';
import { coveredByParts, evidenceOfLink, partTable } from './artifact-maps.js';
import { proves } from './evidence-proof.js';

export interface LevelCoverage {
  readonly total: number;
  /** Have a valid child; of evidence: have their parent. */
  readonly covered: number;
  /** Everything below ends in evidence that verifies and passes. */
  readonly deeplyCovered: number;
  /** From which some evidence that does is reached, whatever else is below. */
  readonly reachingProof: number;
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
  readonly reaching: number;
}

/** A row for each repository, level and risk rating of which there is something. */
export function countCoverage(repositoryIds: readonly string[]): SqlStatement {
  // `deep` says what the domain's coveredNodes says, from the statuses of the links one level down.
  const level = (kind: CountRow['level'], table: string, risk: string): SqlStatement =>
    sql`select a.repository_id, ${sql.raw(`'${kind}' as level, ${risk} as risk`)}, bool_or(l.is_valid) as covered,
        ${sql.raw(coveredByParts)} as deep, bool_or(l.is_valid and l.reaches_proof) as reaching
      from ${sql.raw(table)} a
      left join ${sql.raw(partTable)} l on l.source_repository_id = a.repository_id and l.source_id = a.gxp_id
      ${sql.raw(evidenceOfLink)}
      where a.repository_id = any(${repositoryIds}::uuid[]) group by a.id`;
  return sql`select repository_id, level, risk, count(*)::int4 as total, (count(*) filter (where covered))::int4 as covered,
      (count(*) filter (where deep))::int4 as deep, (count(*) filter (where reaching))::int4 as reaching
    from (
      ${level('REQUIREMENT', 'traceability.requirements', 'a.gxp_risk_rating')}
      union all
      ${level('USER_STORY', 'traceability.user_stories', 'null')}
      union all
      ${level('SPECIFICATION', 'traceability.specs', 'null')}
      union all
      select a.repository_id, 'SIGNED_EVIDENCE', null, exists (select from ${sql.raw(partTable)} l
          where l.repository_id = a.repository_id and l.target_id = a.gxp_id and l.is_valid), ${sql.raw(proves('a'))}, ${sql.raw(proves('a'))}
      from traceability.evidence a
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
  const of = (name: 'total' | 'covered' | 'deep' | 'reaching'): number =>
    rows.reduce((total, row) => total + row[name], 0);
  const total = of('total');
  const ratio = (part: number): number | null => (total === 0 ? null : part / total);
  const [covered, deeplyCovered, reachingProof] = [of('covered'), of('deep'), of('reaching')];
  return { total, covered, deeplyCovered, reachingProof, ratio: ratio(covered), deepRatio: ratio(deeplyCovered) };
}
