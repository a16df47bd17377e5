/** What was covered, kept for each scan: coverage itself is only ever that of now. */
import { sql, type Transaction } from '../../kernel/db/index.js';
import { entity, field, match, orderBy } from '../../kernel/read/index.js';
import { id, repository, visible } from './artifact-maps.js';
import { countCoverage } from './coverage.js';

const table = 'traceability.coverage_snapshots';

/** One row for each level, of requirements one for each rating, zeros included: a month without a HIGH requirement is not one without a scan. */
const kinds = sql.raw(`(values ('REQUIREMENT', 'HIGH'), ('REQUIREMENT', 'MEDIUM'), ('REQUIREMENT', 'LOW'),
  ('USER_STORY', null), ('SPECIFICATION', null), ('SIGNED_EVIDENCE', null)) as kinds (level, risk)`);

/** Of the repository as it is inside the transaction, for its latest scan. */
export async function insertCoverageSnapshots(tx: Transaction, repositoryId: string, takenAt: Date): Promise<void> {
  await tx.query(sql`/* traceability.insertCoverageSnapshots */
    insert into traceability.coverage_snapshots
      (repository_id, scan_id, taken_at, artifact_kind, risk_rating, total, covered, deeply_covered)
    select scan.repository_id, scan.id, ${takenAt}, kinds.level, kinds.risk,
      coalesce(c.total, 0), coalesce(c.covered, 0), coalesce(c.deep, 0)
    from (select id, repository_id from traceability.scans where repository_id = ${repositoryId}
        order by started_at desc, id limit 1) scan
      cross join ${kinds}
      left join (${countCoverage([repositoryId])}) c on c.level = kinds.level and c.risk is not distinct from kinds.risk`);
}

export const coverageSnapshots = entity({
  type: 'CoverageSnapshot',
  table,
  key: id,
  fields: {
    id: field.id('CoverageSnapshot', 'id'),
    takenAt: field.timestamp('taken_at'),
    artifactKind: field.enum('artifact_kind'),
    riskRating: field.enum('risk_rating'),
    total: field.integer('total'),
    covered: field.integer('covered'),
    deeplyCovered: field.integer('deeply_covered'),
    withoutVerifiedEvidence: field.integer('without_verified_evidence'),
    isLastOfMonth: field.boolean(
      (snapshot) => `(not exists (select from ${table} later where later.repository_id = ${snapshot}.repository_id
        and later.taken_at > ${snapshot}.taken_at
        and later.taken_at < date_trunc('month', ${snapshot}.taken_at, 'UTC') + interval '1 month'))`,
    ),
  },
  relations: {
    repository,
    scan: { kind: 'one', type: 'Scan', on: [match('id', 'scan_id')] },
  },
  orders: { TAKEN_AT: [orderBy('taken_at', 'timestamptz')] },
  defaultOrder: { field: 'TAKEN_AT', direction: 'DESC' },
  visible,
});
