/** Which acceptance criterion each statement of evidence means. */
import { sql, type Transaction } from '../../kernel/db/index.js';

/**
 * Among the criteria of what stands above the evidence: one of the same text, else one of the same label in the story that
 * the evidence names itself, else in what is nearest. None is null. After the links, and only what differs is written.
 */
export async function refreshCriteria(tx: Transaction, repositoryIds: readonly string[]): Promise<void> {
  await tx.query(sql`/* traceability.refreshCriteria */
    update traceability.criterion_statements s set criterion_id = meant.criterion_id
    from (
      select s.id, (
        select c.id from (
          with recursive above (repository_id, gxp_id, distance) as (
            select l.source_repository_id, l.source_id, 1 from traceability.part_links l
            where l.repository_id = e.repository_id and l.target_id = e.gxp_id
            union
            select l.source_repository_id, l.source_id, above.distance + 1
            from above join traceability.part_links l
              on l.repository_id = above.repository_id and l.target_id = above.gxp_id
            where above.distance < 4
          )
          select * from above where repository_id is not null
        ) above
        join traceability.acceptance_criteria c
          on c.repository_id = above.repository_id and c.artifact_gxp_id = above.gxp_id
        where c.text_key = s.text_key or c.label = s.label
        order by c.text_key is not distinct from s.text_key desc, c.artifact_gxp_id is not distinct from s.story_gxp_id desc,
          above.distance, c.artifact_gxp_id, c.position
        limit 1
      ) as criterion_id
      from traceability.criterion_statements s join traceability.evidence e on e.id = s.evidence_id
      where e.repository_id = any(${repositoryIds}::uuid[])
    ) meant
    where s.id = meant.id and s.criterion_id is distinct from meant.criterion_id`);
}
