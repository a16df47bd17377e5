/** Five representative questions, each as a client asks it and as one statement by hand that answers the same JSON. */
export interface Question {
  readonly name: string;
  readonly query: string;
  /** Answers one row of one column: the whole `data` as text. Values are in the text, so that it is prepared once. */
  readonly sql: string;
}

export interface Subject {
  /** `owner/name` of a repository that has artifacts, audits and documents. */
  readonly repository: string;
  /** UUID of the build with the most lines. */
  readonly build: string;
}

const page = (nodes: string): string => `jsonb_build_object('nodes', coalesce(${nodes}, '[]'::jsonb))`;

export function questionsAbout({ repository, build }: Subject): readonly Question[] {
  return [
    {
      name: 'requirements of a repository with their stories',
      query: `{ repository(fullName: "${repository}") { fullName
        requirements(first: 20, orderBy: { field: GXP_ID, direction: ASC }) { nodes { id gxpId title gxpRiskRating
          userStories(first: 5, orderBy: { field: GXP_ID, direction: ASC }) { nodes { gxpId title status } } } } } }`,
      sql: `/* bench.requirements */
        select jsonb_build_object('repository', jsonb_build_object('fullName', r.full_name, 'requirements', ${page('q.nodes')}))::text
        from traceability.repositories r
        cross join lateral (
          select jsonb_agg(jsonb_build_object('id', 'Requirement:' || q.id, 'gxpId', q.gxp_id, 'title', q.title,
            'gxpRiskRating', q.gxp_risk_rating, 'userStories', ${page('s.nodes')}) order by q.gxp_id, q.id) as nodes
          from (select * from traceability.requirements where repository_id = r.id order by gxp_id, id limit 20) q
          cross join lateral (
            select jsonb_agg(jsonb_build_object('gxpId', u.gxp_id, 'title', u.title, 'status', u.status) order by u.gxp_id, u.id) as nodes
            from (
              select u.* from traceability.traceability_links l
              join traceability.user_stories u on u.repository_id = l.repository_id and u.gxp_id = l.target_id
              where l.source_repository_id = q.repository_id and l.source_id = q.gxp_id and l.link_type = 'REQ_TO_US'
              order by u.gxp_id, u.id limit 5
            ) u
          ) s
        ) q
        where r.full_name = '${repository}'`,
    },
    {
      name: 'audits, builds and documents of a repository',
      query: `{ repository(fullName: "${repository}") { fullName
        auditRuns(first: 5, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { commitSha overallResult checks { code result } } }
        documents(first: 5, orderBy: { field: UPLOADED_AT, direction: DESC }) { nodes { filename status } } } }`,
      sql: `/* bench.repository */
        select jsonb_build_object('repository', jsonb_build_object('fullName', r.full_name,
          'auditRuns', ${page('a.nodes')}, 'documents', ${page('d.nodes')}))::text
        from traceability.repositories r
        cross join lateral (
          select jsonb_agg(jsonb_build_object('commitSha', a.commit_sha, 'overallResult', a.overall_result, 'checks', c.checks)
            order by a.created_at desc, a.id desc) as nodes
          from (
            select a.* from builds.audit_runs a join builds.repos p on p.id = a.repo_id
            where p.repository_full_name = r.full_name order by a.created_at desc, a.id desc limit 5
          ) a
          cross join lateral (
            select coalesce(jsonb_agg(jsonb_build_object('code', c.check_code, 'result', c.result) order by c.check_code, c.id), '[]') as checks
            from builds.audit_checks c where c.audit_run_id = a.id
          ) c
        ) a
        cross join lateral (
          select jsonb_agg(jsonb_build_object('filename', d.filename, 'status', upper(d.status)) order by d.uploaded_at desc, d.id desc) as nodes
          from (
            select * from evidence.documents where repository_full_name = r.full_name
            order by uploaded_at desc, id desc limit 5
          ) d
        ) d
        where r.full_name = '${repository}'`,
    },
    {
      name: 'the last 50 lines of a build',
      query: `{ build(id: "Build:${build}") { status phase logs(last: 50) { nodes { timestamp level source message } } } }`,
      sql: `/* bench.logs */
        select jsonb_build_object('build', jsonb_build_object('status', upper(b.status), 'phase', b.phase, 'logs', ${page('l.nodes')}))::text
        from builds.builds b
        cross join lateral (
          select jsonb_agg(jsonb_build_object('timestamp', to_char(l.timestamp at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'level', upper(l.level), 'source', upper(l.source), 'message', l.message) order by l.timestamp, l.id) as nodes
          from (select * from builds.build_logs where build_id = b.id order by timestamp desc, id desc limit 50) l
        ) l
        where b.id = '${build}'`,
    },
    {
      name: 'the last scans with their scores',
      query: `{ scanJobs(first: 20, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { url state price scanResult { riskScore categories } } } }`,
      sql: `/* bench.scans */
        select jsonb_build_object('scanJobs', ${page(`jsonb_agg(jsonb_build_object('url', j.url, 'state', j.state, 'price', j.price,
          'scanResult', case when s.job_id is null then null else
            jsonb_build_object('riskScore', s.risk_score, 'categories', s.categories) end) order by j.created_at desc, j.id desc)`)})::text
        from (select * from scanning.scan_jobs order by created_at desc, id desc limit 20) j
        left join scanning.scan_results s on s.job_id = j.id`,
    },
    {
      name: 'work items with their orders, attempts and subjects',
      query: `{ workItems(first: 20, orderBy: { field: CREATED_AT, direction: DESC }) { nodes { type status
        workOrder { title status } attempts(first: 3) { nodes { number status } }
        subject { __typename ... on AuditRun { commitSha } ... on Specification { gxpId } ... on Repository { fullName } } } } }`,
      sql: `/* bench.items */
        select jsonb_build_object('workItems', ${page(`jsonb_agg(jsonb_build_object('type', i.type, 'status', i.status,
          'workOrder', jsonb_build_object('title', o.title, 'status', o.status), 'attempts', ${page('a.nodes')}, 'subject',
          case split_part(i.subject_id, ':', 1)
            when 'AuditRun' then (select jsonb_build_object('__typename', 'AuditRun', 'commitSha', r.commit_sha)
              from builds.audit_runs r where r.id = split_part(i.subject_id, ':', 2)::uuid)
            when 'Specification' then (select jsonb_build_object('__typename', 'Specification', 'gxpId', s.gxp_id)
              from traceability.specs s where s.id = split_part(i.subject_id, ':', 2)::uuid)
            when 'Repository' then jsonb_build_object('__typename', 'Repository', 'fullName', split_part(i.subject_id, ':', 2))
            else case when i.subject_id is not null then jsonb_build_object('__typename', split_part(i.subject_id, ':', 1)) end end) order by i.created_at desc, i.id desc)`)})::text
        from (select * from workflow.work_items order by created_at desc, id desc limit 20) i
        join workflow.work_orders o on o.id = i.work_order_id
        cross join lateral (
          select jsonb_agg(jsonb_build_object('number', a.number, 'status', a.status) order by a.number desc) as nodes
          from (select * from workflow.attempts where work_item_id = i.id order by number desc limit 3) a
        ) a`,
    },
  ];
}
