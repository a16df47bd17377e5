-- Evidence packages: what their signed manifest lists, and which check of a package fails. The files' bytes are not stored.
ALTER TABLE traceability.evidence ADD COLUMN package_fault text;

CREATE TABLE traceability.evidence_files (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  evidence_id uuid NOT NULL REFERENCES traceability.evidence (id) ON DELETE CASCADE,
  path text NOT NULL,
  sha256 text NOT NULL CONSTRAINT evidence_files_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size_bytes bigint CONSTRAINT evidence_files_size_bytes_check CHECK (size_bytes >= 0),
  CONSTRAINT evidence_files_evidence_id_path_key UNIQUE (evidence_id, path)
);
-- The same bytes in other packages: evidence that was copied.
CREATE INDEX evidence_files_sha256_idx ON traceability.evidence_files (sha256);
