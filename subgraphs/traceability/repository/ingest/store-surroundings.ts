/** Decisions, risks and code around the artifacts, stored as a whole when anything of them has changed. */
import { sql, type Transaction } from '../../../kernel/db/index.js';
import { canonicalJson, sha256 } from '../../../kernel/write/canonical-json.js';
import type { CodeFile, Surroundings } from '../../domain/index.js';

/** False when they are stored already: nothing was written. Nine statements else, however many there are. */
export async function storeSurroundings(
  tx: Transaction,
  repositoryId: string,
  { decisions, risks, codeFiles }: Surroundings,
): Promise<boolean> {
  const isEmpty = decisions.length + risks.length + codeFiles.length === 0;
  const hash = isEmpty ? null : sha256(canonicalJson({ decisions, risks, codeFiles }));
  const [changed] = await tx.query(sql`/* traceability.noteSurroundings */
    update traceability.repositories set surroundings_hash = ${hash}
    where id = ${repositoryId} and surroundings_hash is distinct from ${hash} returning id`);
  if (changed === undefined) return false;
  await replace(
    tx,
    repositoryId,
    { table: 'decisions', key: 'gxp_id', columns: decisionColumns },
    decisions.map((each) => ({
      gxp_id: each.gxpId,
      title: each.title,
      path: each.path,
      status: each.status,
      superseded_by: each.supersededBy,
      context: each.context,
      decision: each.decision,
      consequences: each.consequences,
      markdown_content: each.markdownContent,
    })),
  );
  await replace(
    tx,
    repositoryId,
    { table: 'risks', key: 'gxp_id', columns: riskColumns },
    risks.map((each) => ({
      gxp_id: each.gxpId,
      title: each.title,
      path: each.path,
      line: each.line,
      risk_rating: each.riskRating,
      status: each.status,
      date_text: each.date,
      author: each.author,
      component: each.component,
      description: each.description,
      impact: each.impact,
      mitigation: each.mitigation,
      related_ids: each.relatedIds,
    })),
  );
  await replace(
    tx,
    repositoryId,
    { table: 'source_files', key: 'path', columns: fileColumns },
    codeFiles.map((each) => ({
      path: each.path,
      sha256: each.sha256,
      is_test: each.isTest,
      risk_rating: each.riskRating,
      verification_tier: each.verificationTier,
    })),
  );
  await replaceReferences(tx, repositoryId, codeFiles);
  return true;
}

const decisionColumns = {
  ...{ gxp_id: 'text', title: 'text', path: 'text', status: 'text', superseded_by: 'text', context: 'text' },
  ...{ decision: 'text', consequences: 'text', markdown_content: 'text' },
} as const;
const riskColumns = {
  ...{ gxp_id: 'text', title: 'text', path: 'text', line: 'integer', risk_rating: 'text', status: 'text' },
  ...{ date_text: 'text', author: 'text', component: 'text', description: 'text', impact: 'text', mitigation: 'text' },
  related_ids: 'jsonb',
} as const;
const fileColumns = {
  ...{ path: 'text', sha256: 'text', is_test: 'boolean', risk_rating: 'text', verification_tier: 'text' },
} as const;

interface Target {
  readonly table: 'decisions' | 'risks' | 'source_files';
  readonly key: 'gxp_id' | 'path';
  readonly columns: Readonly<Record<string, string>>;
}

/** What stays keeps its id. */
async function replace(
  tx: Transaction,
  repositoryId: string,
  { table, key, columns }: Target,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const names = Object.keys(columns);
  const [into, by] = [sql.raw(`traceability.${table}`), sql.raw(key)];
  await tx.query(sql`/* traceability.deleteSurroundings */
    delete from ${into} where repository_id = ${repositoryId} and ${by} <> all(${rows.map((row) => String(row[key]))}::text[])`);
  if (rows.length === 0) return;
  const record = sql.raw(names.map((name) => `${name} ${columns[name] ?? ''}`).join(', '));
  const assigned = sql.raw(names.map((name) => `${name} = excluded.${name}`).join(', '));
  await tx.query(sql`/* traceability.storeSurroundings */
    insert into ${into} (repository_id, ${sql.raw(names.join(', '))})
    select ${repositoryId}::uuid, r.* from json_to_recordset(${sql.json(rows)}::json) as r (${record})
    on conflict (repository_id, ${by}) do update set ${assigned}`);
}

async function replaceReferences(tx: Transaction, repositoryId: string, codeFiles: readonly CodeFile[]): Promise<void> {
  await tx.query(sql`/* traceability.deleteCodeReferences */
    delete from traceability.code_references where repository_id = ${repositoryId}`);
  const rows = codeFiles.flatMap(({ path, references }) =>
    references.map(({ line, kind, targetId, title }, index) => {
      return { path, position: index + 1, line, kind, target_id: targetId, title };
    }),
  );
  if (rows.length === 0) return;
  await tx.query(sql`/* traceability.storeCodeReferences */
    insert into traceability.code_references (repository_id, source_file_id, position, line, kind, target_id, title)
    select f.repository_id, f.id, r.position, r.line, r.kind, r.target_id, r.title
    from json_to_recordset(${sql.json(rows)}::json) as r
      (path text, position int, line int, kind text, target_id text, title text)
    join traceability.source_files f on f.repository_id = ${repositoryId} and f.path = r.path`);
}
