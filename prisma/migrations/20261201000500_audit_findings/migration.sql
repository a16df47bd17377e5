-- The checks are those that builders' contracts mean; what A9 and W1 were until now, tests of what changed and the surface of
-- the API, is T1 and P1. What was found is kept finding by finding.
ALTER TABLE builds.audit_checks DROP CONSTRAINT audit_checks_check_code_check;
UPDATE builds.audit_checks SET check_code = CASE check_code WHEN 'A9' THEN 'T1' ELSE 'P1' END WHERE check_code IN ('A9', 'W1');
ALTER TABLE builds.audit_checks ADD CONSTRAINT audit_checks_check_code_check
  CHECK (check_code IN ('A0', 'A4', 'A9', 'P1', 'T1', 'W1', 'PROJECT'));

CREATE TABLE builds.audit_findings (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repo_id       uuid NOT NULL REFERENCES builds.repos ON DELETE CASCADE,
  -- What is mended on one branch may stand on another; empty where the branch is not known.
  branch        varchar(255) NOT NULL DEFAULT '',
  check_code    varchar(10) NOT NULL CHECK (check_code IN ('A0', 'A4', 'A9', 'P1', 'T1', 'W1', 'PROJECT')),
  -- Of check, rule, file and message, so that a finding is known again when its line has moved.
  fingerprint   text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{32}$'),
  rule          varchar(100) NOT NULL,
  severity      varchar(10) NOT NULL CHECK (severity IN ('ERROR', 'WARNING', 'NOTE')),
  file_path     varchar(1000),
  line          integer CHECK (line >= 1),
  message       varchar(1000) NOT NULL,
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  first_run_id  uuid REFERENCES builds.audit_runs ON DELETE SET NULL,
  last_seen_at  timestamptz NOT NULL DEFAULT now(),
  last_run_id   uuid REFERENCES builds.audit_runs ON DELETE SET NULL,
  resolved_at   timestamptz,
  UNIQUE (repo_id, branch, fingerprint)
);
CREATE INDEX audit_findings_repo_id_first_seen_at_id_idx ON builds.audit_findings (repo_id, first_seen_at, id);
CREATE INDEX audit_findings_first_seen_at_id_idx ON builds.audit_findings (first_seen_at, id);
CREATE INDEX audit_findings_first_run_id_idx ON builds.audit_findings (first_run_id);
CREATE INDEX audit_findings_last_run_id_idx ON builds.audit_findings (last_run_id);

-- What each audit found, with the line that it had there.
CREATE TABLE builds.audit_run_findings (
  audit_run_id uuid NOT NULL REFERENCES builds.audit_runs ON DELETE CASCADE,
  finding_id   uuid NOT NULL REFERENCES builds.audit_findings ON DELETE CASCADE,
  line         integer CHECK (line >= 1),
  PRIMARY KEY (audit_run_id, finding_id)
);
CREATE INDEX audit_run_findings_finding_id_idx ON builds.audit_run_findings (finding_id);

-- The baseline: findings that somebody accepted, on whatever branch they are.
CREATE TABLE builds.accepted_findings (
  repo_id     uuid NOT NULL REFERENCES builds.repos ON DELETE CASCADE,
  fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{32}$'),
  reason      text NOT NULL,
  accepted_by text NOT NULL,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (repo_id, fingerprint)
);
