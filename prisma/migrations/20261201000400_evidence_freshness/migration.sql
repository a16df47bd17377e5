-- Evidence may be older than what it was made for, need more than one signature, and speak of single acceptance criteria.
-- Null columns are of artefacts that were stored before: the next scan of their repository fills them.
ALTER TABLE traceability.evidence
  ADD COLUMN git_commit text,
  ADD COLUMN freshness text CONSTRAINT evidence_freshness_check CHECK (freshness IN ('CURRENT', 'STALE', 'UNKNOWN')),
  ADD COLUMN freshness_reason text,
  ADD COLUMN signer_count integer CONSTRAINT evidence_signer_count_check CHECK (signer_count >= 0),
  ADD COLUMN signatures_required integer NOT NULL DEFAULT 1
    CONSTRAINT evidence_signatures_required_check CHECK (signatures_required BETWEEN 1 AND 4);

-- Source and test files that the specification names and its repository lacks; null where no scan has told of files.
ALTER TABLE traceability.specs ADD COLUMN missing_files jsonb;

-- How many people have to sign evidence for requirements of high risk.
ALTER TABLE traceability.repositories
  ADD COLUMN high_risk_signatures integer NOT NULL DEFAULT 1
    CONSTRAINT repositories_high_risk_signatures_check CHECK (high_risk_signatures BETWEEN 1 AND 4);

CREATE TABLE traceability.acceptance_criteria (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id uuid NOT NULL REFERENCES traceability.repositories (id) ON DELETE CASCADE,
  requirement_id uuid REFERENCES traceability.requirements (id) ON DELETE CASCADE,
  user_story_id uuid REFERENCES traceability.user_stories (id) ON DELETE CASCADE,
  artifact_id uuid NOT NULL GENERATED ALWAYS AS (coalesce(requirement_id, user_story_id)) STORED,
  artifact_gxp_id text NOT NULL,
  position integer NOT NULL,
  label text NOT NULL,
  text text NOT NULL,
  text_key text NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT acceptance_criteria_one_artifact_check CHECK (num_nonnulls(requirement_id, user_story_id) = 1),
  CONSTRAINT acceptance_criteria_artifact_id_position_key UNIQUE (artifact_id, position)
);
CREATE INDEX acceptance_criteria_repository_id_idx ON traceability.acceptance_criteria (repository_id, artifact_gxp_id, position);
CREATE INDEX acceptance_criteria_requirement_id_idx ON traceability.acceptance_criteria (requirement_id);
CREATE INDEX acceptance_criteria_user_story_id_idx ON traceability.acceptance_criteria (user_story_id);
CREATE INDEX acceptance_criteria_created_at_id_idx ON traceability.acceptance_criteria (created_at, id);

-- What evidence says of one criterion; `criterion_id` is the one that is meant, found anew whenever links are.
CREATE TABLE traceability.criterion_statements (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  evidence_id uuid NOT NULL REFERENCES traceability.evidence (id) ON DELETE CASCADE,
  position integer NOT NULL,
  criterion_id uuid REFERENCES traceability.acceptance_criteria (id) ON DELETE SET NULL,
  story_gxp_id text,
  label text,
  text text,
  text_key text,
  result text NOT NULL CONSTRAINT criterion_statements_result_check CHECK (result IN ('PASS', 'FAIL', 'PENDING', 'UNKNOWN')),
  CONSTRAINT criterion_statements_evidence_id_position_key UNIQUE (evidence_id, position)
);
CREATE INDEX criterion_statements_criterion_id_idx ON traceability.criterion_statements (criterion_id);
