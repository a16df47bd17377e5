-- What is to be done at GitHub: noted with what causes it, and done by a worker afterwards, so that neither is lost nor doubled.
CREATE TABLE builds.github_tasks (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repo_id         uuid NOT NULL REFERENCES builds.repos ON DELETE CASCADE,
  kind            varchar(20) NOT NULL CHECK (kind IN ('report', 'webhook')),
  -- The audit whose verdict is told.
  audit_run_id    uuid UNIQUE REFERENCES builds.audit_runs ON DELETE CASCADE,
  status          varchar(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'done', 'skipped', 'failed')),
  attempts        integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- While a worker has it, the end of its lease.
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  lease_token     uuid,
  detail          text,
  url             text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  completed_at    timestamptz,
  CHECK ((kind = 'report') = (audit_run_id IS NOT NULL)),
  CHECK ((status = 'pending') = (completed_at IS NULL))
);
CREATE INDEX github_tasks_next_attempt_at_id_idx ON builds.github_tasks (next_attempt_at, id) WHERE status = 'pending';
CREATE INDEX github_tasks_repo_id_created_at_id_idx ON builds.github_tasks (repo_id, created_at, id);
-- Of a webhook only what is wanted last is to be done.
CREATE UNIQUE INDEX github_tasks_webhook_key ON builds.github_tasks (repo_id) WHERE kind = 'webhook' AND status = 'pending';
-- Whether Weft registers the webhook itself. Null: somebody else sees to it.
ALTER TABLE builds.repos ADD COLUMN webhook_wanted boolean;
