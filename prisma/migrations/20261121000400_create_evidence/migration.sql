-- Documents -> processing jobs -> evidence -> features -> outputs.

CREATE TABLE evidence.documents (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  filename             text NOT NULL,
  file_type            text NOT NULL CHECK (file_type IN ('pdf', 'image', 'json', 'csv', 'yaml', 'md')),
  file_path            text NOT NULL,
  -- One index serves uniqueness and look-up; it bears the name that the look-up was given.
  file_hash            text NOT NULL CONSTRAINT idx_documents_file_hash UNIQUE,
  status               text NOT NULL DEFAULT 'uploaded',
  uploaded_at          timestamptz NOT NULL DEFAULT now(),
  processed_at         timestamptz,
  error_message        text,
  metadata             jsonb,
  size_bytes           bigint CHECK (size_bytes >= 0),
  -- Key of the Repository that the document belongs to, if any.
  repository_full_name text CHECK (repository_full_name = lower(repository_full_name)),
  CONSTRAINT check_status CHECK (status IN ('uploaded', 'processing', 'completed', 'failed'))
);
CREATE INDEX idx_documents_file_type ON evidence.documents (file_type);
CREATE INDEX idx_documents_status ON evidence.documents (status);
CREATE INDEX idx_documents_uploaded_at ON evidence.documents (uploaded_at DESC);
CREATE INDEX documents_uploaded_at_id_idx ON evidence.documents (uploaded_at, id);
CREATE INDEX documents_repository_full_name_uploaded_at_id_idx ON evidence.documents (repository_full_name, uploaded_at, id);

CREATE TABLE evidence.evidence (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  document_id   uuid REFERENCES evidence.documents ON DELETE CASCADE,
  type          text NOT NULL CHECK (type IN ('ui_element', 'flow', 'endpoint', 'payload', 'requirement', 'edge_case', 'acceptance_criteria', 'bug', 'constraint')),
  content       text NOT NULL,
  raw_data      jsonb,
  -- idx_evidence_embedding is made at boot, because its kind differs between the engines.
  embedding     vector(3072),
  extracted_at  timestamptz NOT NULL DEFAULT now(),
  -- Place in the document, and SHA-256 over type and content: extracting a document twice doubles nothing.
  ordinal       integer,
  content_hash  text
);
CREATE INDEX idx_evidence_document ON evidence.evidence (document_id);
CREATE INDEX idx_evidence_type ON evidence.evidence (type);
CREATE INDEX idx_evidence_extracted_at ON evidence.evidence (extracted_at DESC);
CREATE UNIQUE INDEX evidence_document_id_content_hash_key ON evidence.evidence (document_id, content_hash);
CREATE INDEX evidence_document_id_ordinal_id_idx ON evidence.evidence (document_id, ordinal, id);
CREATE INDEX evidence_type_extracted_at_id_idx ON evidence.evidence (type, extracted_at, id);
CREATE INDEX evidence_extracted_at_id_idx ON evidence.evidence (extracted_at, id);
-- What is still to embed, found without reading what is not.
CREATE INDEX evidence_to_embed_idx ON evidence.evidence (document_id, id) WHERE embedding IS NULL;

CREATE TABLE evidence.features (
  id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name              text NOT NULL,
  description       text,
  confidence_score  numeric(3,2) CHECK (confidence_score BETWEEN 0 AND 1),
  status            text NOT NULL DEFAULT 'candidate',
  inferred_at       timestamptz NOT NULL DEFAULT now(),
  reviewed_at       timestamptz,
  reviewed_by       text,
  metadata          jsonb,
  parent_feature_id uuid REFERENCES evidence.features ON DELETE SET NULL CHECK (parent_feature_id <> id),
  merged_into_id    uuid REFERENCES evidence.features ON DELETE SET NULL CHECK (merged_into_id <> id),
  -- What inference recognises its own feature by, so that running again finds it and leaves a reviewer's decision alone.
  inference_key     text UNIQUE,
  version           integer NOT NULL DEFAULT 1,
  CONSTRAINT check_status CHECK (status IN ('candidate', 'confirmed', 'rejected'))
);
CREATE INDEX idx_features_status ON evidence.features (status);
CREATE INDEX idx_features_confidence ON evidence.features (confidence_score DESC);
CREATE INDEX idx_features_inferred_at ON evidence.features (inferred_at DESC);
CREATE INDEX features_parent_feature_id_name_id_idx ON evidence.features (parent_feature_id, name, id);
CREATE INDEX features_merged_into_id_idx ON evidence.features (merged_into_id);
CREATE INDEX features_status_confidence_score_id_idx ON evidence.features (status, confidence_score, id);
CREATE INDEX features_name_id_idx ON evidence.features (name, id);
CREATE INDEX features_inferred_at_id_idx ON evidence.features (inferred_at, id);

CREATE TABLE evidence.processing_jobs (
  id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  document_id      uuid REFERENCES evidence.documents ON DELETE CASCADE,
  job_type         text NOT NULL DEFAULT 'extract' CHECK (job_type IN ('extract', 'embed', 'infer')),
  status           text NOT NULL DEFAULT 'pending',
  started_at       timestamptz,
  completed_at     timestamptz,
  error_message    text,
  retry_count      integer NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
  max_retries      integer NOT NULL DEFAULT 3 CHECK (max_retries >= 0),
  created_at       timestamptz NOT NULL DEFAULT now(),
  -- Not claimed before this time: now, or later by the back-off of a failed try.
  next_attempt_at  timestamptz NOT NULL DEFAULT now(),
  worker           text,
  -- Only the holder of this token may report on the job, and only until it expires.
  lease_token      uuid,
  lease_expires_at timestamptz,
  heartbeat_at     timestamptz,
  -- Who can do it: the built-in worker, or only one from outside (a PDF, an image, a file in a store of its own).
  handler          text NOT NULL DEFAULT 'built_in' CHECK (handler IN ('built_in', 'outside')),
  CONSTRAINT check_status CHECK (status IN ('pending', 'processing', 'completed', 'failed')),
  CHECK ((status = 'processing') = (lease_token IS NOT NULL)),
  CHECK ((lease_token IS NULL) = (lease_expires_at IS NULL))
);
CREATE INDEX idx_processing_jobs_status ON evidence.processing_jobs (status);
CREATE INDEX idx_processing_jobs_document ON evidence.processing_jobs (document_id);
CREATE INDEX idx_processing_jobs_created ON evidence.processing_jobs (created_at DESC);
CREATE INDEX processing_jobs_created_at_id_idx ON evidence.processing_jobs (created_at, id);
-- A claim reads the head of the first; expired leases are found by the second. Finished jobs are in neither.
CREATE INDEX processing_jobs_claimable_idx ON evidence.processing_jobs (handler, job_type, next_attempt_at, id) WHERE status = 'pending';
-- What was finished within the last hour, for the queue's figures.
CREATE INDEX processing_jobs_completed_at_idx ON evidence.processing_jobs (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX processing_jobs_leased_idx ON evidence.processing_jobs (lease_expires_at) WHERE status = 'processing';
-- One unfinished job of each kind per document: a retried completion can't queue the next step twice.
CREATE UNIQUE INDEX processing_jobs_unfinished_key ON evidence.processing_jobs (document_id, job_type) WHERE status IN ('pending', 'processing');
CREATE TRIGGER check_transition BEFORE UPDATE OF status ON evidence.processing_jobs FOR EACH ROW
  EXECUTE FUNCTION platform.check_transition('status',
    '{"pending": ["processing", "failed"], "processing": ["pending", "completed", "failed"], "failed": ["pending"]}');

CREATE TABLE evidence.feature_evidence (
  id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- NOT NULL, or a null would slip past the uniqueness of the pair.
  feature_id        uuid NOT NULL REFERENCES evidence.features ON DELETE CASCADE,
  evidence_id       uuid NOT NULL REFERENCES evidence.evidence ON DELETE CASCADE,
  relationship_type text NOT NULL,
  strength          numeric(3,2) CHECK (strength BETWEEN 0 AND 1),
  reasoning         text,
  created_at        timestamptz NOT NULL DEFAULT now(),
  UNIQUE (feature_id, evidence_id),
  CONSTRAINT check_relationship_type CHECK (relationship_type IN ('implements', 'supports', 'constrains', 'extends'))
);
CREATE INDEX idx_feature_evidence_feature ON evidence.feature_evidence (feature_id);
CREATE INDEX idx_feature_evidence_evidence ON evidence.feature_evidence (evidence_id);
CREATE INDEX idx_feature_evidence_strength ON evidence.feature_evidence (strength DESC);
CREATE INDEX feature_evidence_feature_id_strength_id_idx ON evidence.feature_evidence (feature_id, strength, id);

CREATE TABLE evidence.feature_outputs (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  feature_id   uuid REFERENCES evidence.features ON DELETE CASCADE,
  output_type  text NOT NULL,
  content      jsonb NOT NULL,
  generated_at timestamptz NOT NULL DEFAULT now(),
  version      integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  UNIQUE (feature_id, output_type, version),
  CONSTRAINT check_output_type CHECK (output_type IN ('epic', 'story', 'acceptance_criteria', 'api_contract', 'requirements'))
);
CREATE INDEX idx_feature_outputs_feature ON evidence.feature_outputs (feature_id);
CREATE INDEX idx_feature_outputs_type ON evidence.feature_outputs (output_type);
CREATE INDEX idx_feature_outputs_generated_at ON evidence.feature_outputs (generated_at DESC);

-- No ON DELETE: a feature with a history can't be deleted, because the history can't. It is rejected or merged instead.
CREATE TABLE evidence.feature_audit (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  feature_id uuid REFERENCES evidence.features,
  action     text NOT NULL CHECK (action IN ('created', 'updated', 'confirmed', 'rejected', 'merged')),
  changed_by text,
  changed_at timestamptz NOT NULL DEFAULT now(),
  old_values jsonb,
  new_values jsonb
);
CREATE INDEX feature_audit_feature_id_changed_at_id_idx ON evidence.feature_audit (feature_id, changed_at, id);
CREATE INDEX feature_audit_changed_at_id_idx ON evidence.feature_audit (changed_at, id);
CALL platform.make_append_only('evidence.feature_audit');
