-- What was covered at each scan: six rows, one for each level of artifacts, of requirements one for each risk rating.
-- Scans from before this migration have none: what was covered then can not be told from what is stored now.
CREATE TABLE traceability.coverage_snapshots (
  id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id  uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  scan_id        uuid NOT NULL REFERENCES traceability.scans ON DELETE CASCADE,
  taken_at       timestamptz NOT NULL,
  artifact_kind  text NOT NULL CHECK (artifact_kind IN ('REQUIREMENT', 'USER_STORY', 'SPECIFICATION', 'SIGNED_EVIDENCE')),
  risk_rating    text CHECK (risk_rating IN ('HIGH', 'MEDIUM', 'LOW')),
  total          integer NOT NULL CHECK (total >= 0),
  covered        integer NOT NULL CHECK (covered BETWEEN 0 AND total),
  deeply_covered integer NOT NULL CHECK (deeply_covered BETWEEN 0 AND total),
  -- A column, so that it is summed as the others are.
  without_verified_evidence integer NOT NULL GENERATED ALWAYS AS (total - deeply_covered) STORED,
  CHECK ((risk_rating IS NOT NULL) = (artifact_kind = 'REQUIREMENT'))
);
CREATE INDEX coverage_snapshots_repository_id_taken_at_idx ON traceability.coverage_snapshots (repository_id, taken_at);
CREATE INDEX coverage_snapshots_scan_id_idx ON traceability.coverage_snapshots (scan_id);
CREATE INDEX coverage_snapshots_taken_at_id_idx ON traceability.coverage_snapshots (taken_at, id);
