/** What the questions are about: found by rule, so that every shape is asked about the same. */
import type { Database } from '../../../subgraphs/kernel/db/index.js';
import type { Subject } from './questions.js';

export async function findSubject(database: Database): Promise<Subject> {
  const [subject] = await database.query<{ repository: string; build: string }>(
    `/* bench.subject */ select
      (select r.full_name from traceability.repositories r join traceability.requirements q on q.repository_id = r.id
        where exists (select from builds.repos p join builds.audit_runs a on a.repo_id = p.id where p.repository_full_name = r.full_name)
        group by r.full_name order by count(*) desc, r.full_name limit 1) as repository,
      (select l.build_id::text from builds.build_logs l group by l.build_id order by count(*) desc, l.build_id limit 1) as build`,
  );
  if (subject === undefined) throw new Error('there is nothing to ask about');
  return subject;
}
