-- What stands around the artefacts: decisions, the risk log, and the source and test files that say what they are for. A scan
-- stores them as a whole; their hash tells the next one whether there is anything to do.
ALTER TABLE traceability.repositories ADD COLUMN surroundings_hash text;

-- Front matter that no column holds, as its author wrote it. Null until the next scan.
ALTER TABLE traceability.system_contexts ADD COLUMN attributes jsonb;
ALTER TABLE traceability.requirements ADD COLUMN attributes jsonb;
ALTER TABLE traceability.user_stories ADD COLUMN attributes jsonb;
ALTER TABLE traceability.specs ADD COLUMN attributes jsonb;

CREATE TABLE traceability.decisions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id uuid NOT NULL REFERENCES traceability.repositories (id) ON DELETE CASCADE,
  gxp_id text NOT NULL,
  title text NOT NULL,
  path text NOT NULL,
  status text CONSTRAINT decisions_status_check CHECK (status IN ('PROPOSED', 'ACCEPTED', 'REJECTED', 'DEPRECATED', 'SUPERSEDED')),
  superseded_by text,
  context text,
  decision text,
  consequences text,
  markdown_content text NOT NULL,
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT decisions_repository_id_gxp_id_key UNIQUE (repository_id, gxp_id)
);
CREATE INDEX decisions_gxp_id_id_idx ON traceability.decisions (gxp_id, id);

CREATE TABLE traceability.risks (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id uuid NOT NULL REFERENCES traceability.repositories (id) ON DELETE CASCADE,
  gxp_id text NOT NULL,
  title text NOT NULL,
  path text NOT NULL,
  line integer NOT NULL,
  risk_rating text CONSTRAINT risks_risk_rating_check CHECK (risk_rating IN ('HIGH', 'MEDIUM', 'LOW')),
  status text CONSTRAINT risks_status_check CHECK (status IN ('OPEN', 'MITIGATED', 'ACCEPTED', 'CLOSED')),
  date_text text,
  author text,
  component text,
  description text,
  impact text,
  mitigation text,
  related_ids jsonb NOT NULL DEFAULT '[]',
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT risks_repository_id_gxp_id_key UNIQUE (repository_id, gxp_id)
);
CREATE INDEX risks_gxp_id_id_idx ON traceability.risks (gxp_id, id);

CREATE TABLE traceability.source_files (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id uuid NOT NULL REFERENCES traceability.repositories (id) ON DELETE CASCADE,
  path text NOT NULL,
  sha256 text NOT NULL CONSTRAINT source_files_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  is_test boolean NOT NULL,
  risk_rating text CONSTRAINT source_files_risk_rating_check CHECK (risk_rating IN ('HIGH', 'MEDIUM', 'LOW')),
  verification_tier text CONSTRAINT source_files_verification_tier_check CHECK (verification_tier IN ('IQ', 'OQ', 'PQ')),
  created_at timestamptz(6) NOT NULL DEFAULT now(),
  CONSTRAINT source_files_repository_id_path_key UNIQUE (repository_id, path)
);
CREATE INDEX source_files_path_id_idx ON traceability.source_files (path, id);

-- A place in code that names an artefact of its repository; `line` is null where the specification names the file.
CREATE TABLE traceability.code_references (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id uuid NOT NULL REFERENCES traceability.repositories (id) ON DELETE CASCADE,
  source_file_id uuid NOT NULL REFERENCES traceability.source_files (id) ON DELETE CASCADE,
  position integer NOT NULL,
  line integer,
  kind text NOT NULL
    CONSTRAINT code_references_kind_check CHECK (kind IN ('SATISFIES', 'IMPLEMENTS', 'VERIFIES', 'DEPENDS_ON')),
  target_id text NOT NULL,
  title text,
  CONSTRAINT code_references_source_file_id_position_key UNIQUE (source_file_id, position)
);
CREATE INDEX code_references_repository_id_target_id_idx ON traceability.code_references (repository_id, target_id);
