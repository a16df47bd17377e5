-- Connected repositories, audit runs over their pushes, projects with their contracts, builds and their logs.

CREATE TABLE builds.users (
  id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- One index serves the constraint and the look-up, under the look-up's name.
  github_id           bigint NOT NULL CONSTRAINT idx_users_github_id UNIQUE,
  github_login        varchar(255) NOT NULL,
  -- The key of User across the domains: GitHub compares logins without case.
  login               text NOT NULL GENERATED ALWAYS AS (lower(github_login)) STORED UNIQUE,
  avatar_url          text,
  -- AES-256-GCM, base64 of nonce, ciphertext and tag; the key id says which key opens it, so that keys can be rotated.
  access_token        text NOT NULL,
  access_token_key_id text,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX users_access_token_key_id_idx ON builds.users (access_token_key_id);
CREATE INDEX users_created_at_id_idx ON builds.users (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON builds.users FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE builds.repos (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id              uuid NOT NULL REFERENCES builds.users ON DELETE CASCADE,
  github_repo_id       bigint NOT NULL,
  full_name            varchar(500) NOT NULL,
  -- The key of Repository across the domains.
  repository_full_name text NOT NULL GENERATED ALWAYS AS (lower(full_name)) STORED UNIQUE,
  default_branch       varchar(255) NOT NULL DEFAULT 'main',
  webhook_id           bigint,
  webhook_active       boolean NOT NULL DEFAULT false,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX idx_repos_github_repo_id ON builds.repos (github_repo_id);
CREATE INDEX idx_repos_user_id ON builds.repos (user_id);
CREATE INDEX repos_created_at_id_idx ON builds.repos (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON builds.repos FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

-- Deliveries already taken, by GitHub's delivery id: a replay finds its id here and does nothing.
CREATE TABLE builds.webhook_deliveries (
  delivery_id          text PRIMARY KEY,
  event                text NOT NULL,
  action               text,
  repository_full_name text,
  outcome              text NOT NULL CHECK (outcome IN ('ACCEPTED', 'IGNORED', 'FAILED')),
  detail               text,
  received_at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhook_deliveries_received_at_idx ON builds.webhook_deliveries (received_at);
CREATE INDEX webhook_deliveries_repository_full_name_received_at_idx ON builds.webhook_deliveries (repository_full_name, received_at);

CREATE TABLE builds.audit_runs (
  id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repo_id          uuid NOT NULL REFERENCES builds.repos ON DELETE CASCADE,
  commit_sha       varchar(40) NOT NULL,
  commit_message   text,
  commit_author    varchar(255),
  branch           varchar(255),
  status           varchar(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'completed', 'error')),
  overall_result   varchar(10) CHECK (overall_result IN ('PASS', 'FAIL', 'ERROR')),
  started_at       timestamptz NOT NULL DEFAULT now(),
  completed_at     timestamptz,
  files_checked    integer NOT NULL DEFAULT 0 CHECK (files_checked >= 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  error_detail     text,
  -- The push that asked for it; unique, so that a replayed delivery makes no second run.
  delivery_id      text UNIQUE REFERENCES builds.webhook_deliveries ON DELETE SET NULL,
  worker           text,
  lease_token      uuid,
  lease_expires_at timestamptz,
  CHECK ((status IN ('completed', 'error')) = (overall_result IS NOT NULL))
);
CREATE INDEX idx_audit_runs_repo_id ON builds.audit_runs (repo_id);
CREATE INDEX idx_audit_runs_repo_id_created ON builds.audit_runs (repo_id, created_at DESC);
CREATE INDEX idx_audit_runs_commit_sha ON builds.audit_runs (commit_sha);
CREATE INDEX audit_runs_repo_id_created_at_id_idx ON builds.audit_runs (repo_id, created_at, id);
CREATE INDEX audit_runs_repo_id_commit_sha_idx ON builds.audit_runs (repo_id, commit_sha);
CREATE INDEX audit_runs_created_at_id_idx ON builds.audit_runs (created_at, id);
CREATE INDEX audit_runs_claimable_idx ON builds.audit_runs (created_at, id) WHERE status = 'pending';
CREATE INDEX audit_runs_leased_idx ON builds.audit_runs (lease_expires_at) WHERE status = 'running';

CREATE TABLE builds.audit_checks (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  audit_run_id uuid NOT NULL REFERENCES builds.audit_runs ON DELETE CASCADE,
  check_code   varchar(10) NOT NULL CHECK (check_code IN ('A4', 'A9', 'W1')),
  check_name   varchar(100) NOT NULL,
  result       varchar(10) NOT NULL CHECK (result IN ('PASS', 'FAIL', 'WARN', 'ERROR')),
  detail       text,
  created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_audit_checks_audit_run_id ON builds.audit_checks (audit_run_id);
CREATE INDEX audit_checks_audit_run_id_check_code_id_idx ON builds.audit_checks (audit_run_id, check_code, id);

CREATE TRIGGER check_transition BEFORE UPDATE OF status ON builds.audit_runs FOR EACH ROW
  EXECUTE FUNCTION platform.check_transition('status', '{"pending": ["running"], "running": ["completed", "error"]}');

-- The verdict of a finished run is what its checks say, whatever the caller wrote.
CREATE FUNCTION builds.set_overall_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.overall_result := CASE
    WHEN NEW.status = 'error' THEN 'ERROR'
    ELSE (SELECT CASE WHEN bool_or(c.result = 'ERROR') THEN 'ERROR' WHEN bool_or(c.result = 'FAIL') THEN 'FAIL' ELSE 'PASS' END
          FROM builds.audit_checks c WHERE c.audit_run_id = NEW.id)
  END;
  RETURN NEW;
END $$;
CREATE TRIGGER set_overall_result BEFORE UPDATE OF status, overall_result ON builds.audit_runs FOR EACH ROW
  WHEN (NEW.status IN ('completed', 'error')) EXECUTE FUNCTION builds.set_overall_result();

CREATE TABLE builds.projects (
  id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id             uuid NOT NULL REFERENCES builds.users ON DELETE CASCADE,
  name                varchar(255) NOT NULL,
  description         text,
  status              varchar(20) NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'questionnaire', 'contracts_ready', 'building', 'completed')),
  repo_id             uuid REFERENCES builds.repos ON DELETE SET NULL,
  questionnaire_state jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_projects_user_id ON builds.projects (user_id);
CREATE INDEX projects_user_id_created_at_id_idx ON builds.projects (user_id, created_at, id);
CREATE INDEX projects_repo_id_created_at_id_idx ON builds.projects (repo_id, created_at, id);
CREATE INDEX projects_created_at_id_idx ON builds.projects (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON builds.projects FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE builds.project_contracts (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id    uuid NOT NULL REFERENCES builds.projects ON DELETE CASCADE,
  contract_type varchar(50) NOT NULL CHECK (contract_type IN ('blueprint', 'manifesto', 'stack', 'schema', 'physics', 'boundaries', 'phases', 'ui', 'builder_contract', 'builder_directive')),
  content       text NOT NULL,
  version       integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  saved_by      text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX idx_project_contracts_project_type ON builds.project_contracts (project_id, contract_type);
CREATE INDEX idx_project_contracts_project_id ON builds.project_contracts (project_id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON builds.project_contracts FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

-- Which content each version had, by its SHA-256.
CREATE TABLE builds.contract_versions (
  contract_id  uuid NOT NULL REFERENCES builds.project_contracts ON DELETE CASCADE,
  version      integer NOT NULL CHECK (version >= 1),
  content_hash text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
  saved_by     text,
  saved_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (contract_id, version)
);

-- Saving another content is a new version, and the history has every version, whoever writes the row.
CREATE FUNCTION builds.raise_contract_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER raise_contract_version BEFORE UPDATE OF content ON builds.project_contracts FOR EACH ROW
  WHEN (OLD.content IS DISTINCT FROM NEW.content) EXECUTE FUNCTION builds.raise_contract_version();

CREATE FUNCTION builds.keep_contract_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO builds.contract_versions (contract_id, version, content_hash, saved_by)
  VALUES (NEW.id, NEW.version, encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex'), NEW.saved_by)
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_contract_version AFTER INSERT OR UPDATE OF content ON builds.project_contracts FOR EACH ROW
  EXECUTE FUNCTION builds.keep_contract_version();

CREATE TRIGGER check_transition BEFORE UPDATE OF status ON builds.projects FOR EACH ROW
  EXECUTE FUNCTION platform.check_transition('status',
    '{"draft": ["questionnaire"], "questionnaire": ["contracts_ready"], "contracts_ready": ["building"], "building": ["completed"]}');

CREATE FUNCTION builds.check_contracts_ready() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  contracts integer := (SELECT count(*) FROM builds.project_contracts c WHERE c.project_id = NEW.id);
BEGIN
  IF contracts < 10 THEN
    RAISE EXCEPTION 'builds.projects: contracts_ready needs all ten contract types, there are %', contracts
      USING ERRCODE = 'WF004', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = 'status';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_contracts_ready BEFORE UPDATE OF status ON builds.projects FOR EACH ROW
  WHEN (NEW.status = 'contracts_ready' AND OLD.status <> 'contracts_ready') EXECUTE FUNCTION builds.check_contracts_ready();

CREATE TABLE builds.builds (
  id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id        uuid NOT NULL REFERENCES builds.projects ON DELETE CASCADE,
  phase             varchar(100) NOT NULL DEFAULT 'Phase 0',
  status            varchar(20) NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'running', 'completed', 'failed', 'cancelled')),
  started_at        timestamptz,
  completed_at      timestamptz,
  loop_count        integer NOT NULL DEFAULT 0 CHECK (loop_count >= 0),
  error_detail      text,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  -- A builder that is silent past its deadline has failed.
  heartbeat_at      timestamptz,
  deadline_at       timestamptz,
  -- Highest sequence given to a line of its log.
  last_log_sequence bigint NOT NULL DEFAULT 0
);
CREATE INDEX idx_builds_project_id ON builds.builds (project_id);
CREATE INDEX idx_builds_project_id_created ON builds.builds (project_id, created_at DESC);
CREATE INDEX builds_project_id_created_at_id_idx ON builds.builds (project_id, created_at, id);
CREATE INDEX builds_status_created_at_id_idx ON builds.builds (status, created_at, id);
CREATE INDEX builds_created_at_id_idx ON builds.builds (created_at, id);
CREATE INDEX builds_overdue_idx ON builds.builds (deadline_at) WHERE status = 'running';
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON builds.builds FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();
CREATE TRIGGER check_transition BEFORE UPDATE OF status ON builds.builds FOR EACH ROW
  EXECUTE FUNCTION platform.check_transition('status',
    '{"pending": ["running", "cancelled"], "running": ["completed", "failed", "cancelled"]}');

CREATE TABLE builds.build_logs (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  build_id   uuid NOT NULL REFERENCES builds.builds ON DELETE CASCADE,
  timestamp  timestamptz NOT NULL DEFAULT now(),
  source     varchar(50) NOT NULL DEFAULT 'builder' CHECK (source IN ('builder', 'audit', 'system')),
  level      varchar(20) NOT NULL DEFAULT 'info' CHECK (level IN ('info', 'warn', 'error', 'debug')),
  message    text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- 1, 2, 3 ... within the build: the cursor by which a stream neither loses nor doubles a line.
  sequence   bigint NOT NULL CHECK (sequence >= 1),
  UNIQUE (build_id, sequence)
);
CREATE INDEX idx_build_logs_build_id ON builds.build_logs (build_id);
CREATE INDEX idx_build_logs_build_id_timestamp ON builds.build_logs (build_id, timestamp);
CREATE INDEX build_logs_build_id_timestamp_id_idx ON builds.build_logs (build_id, timestamp, id);
CREATE INDEX build_logs_build_id_level_sequence_idx ON builds.build_logs (build_id, level, sequence);
-- A batch takes its numbers from the build in one statement and brings them; a line that comes without one is given the next.
CREATE FUNCTION builds.number_log_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE builds.builds b SET last_log_sequence = b.last_log_sequence + 1 WHERE b.id = NEW.build_id
  RETURNING b.last_log_sequence INTO NEW.sequence;
  -- No such build: let the foreign key say so.
  NEW.sequence := coalesce(NEW.sequence, 1);
  RETURN NEW;
END $$;
CREATE TRIGGER number_log_line BEFORE INSERT ON builds.build_logs FOR EACH ROW
  WHEN (NEW.sequence IS NULL) EXECUTE FUNCTION builds.number_log_line();
