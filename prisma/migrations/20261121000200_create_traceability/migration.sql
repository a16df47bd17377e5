-- Requirement -> user story -> specification -> signed evidence, as scans of a repository find them.

CREATE TABLE traceability.repositories (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name            text NOT NULL,
  git_url         text NOT NULL UNIQUE,
  owner           text NOT NULL,
  repo            text NOT NULL,
  -- The key of Repository across all domains.
  full_name       text NOT NULL GENERATED ALWAYS AS (lower(owner || '/' || repo)) STORED UNIQUE,
  default_branch  text NOT NULL DEFAULT 'main',
  is_active       boolean NOT NULL DEFAULT true,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  last_scanned_at timestamptz
);
CREATE INDEX repositories_created_at_id_idx ON traceability.repositories (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON traceability.repositories
  FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE traceability.scans (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id   uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  status          text NOT NULL CHECK (status IN ('pending', 'in_progress', 'completed', 'failed')),
  commit_sha      text NOT NULL,
  branch          text,
  requested_by    text,
  started_at      timestamptz NOT NULL,
  completed_at    timestamptz,
  duration_ms     integer CHECK (duration_ms >= 0),
  -- Count per kind of artefact.
  artifacts_found jsonb,
  created_count   integer NOT NULL DEFAULT 0,
  changed_count   integer NOT NULL DEFAULT 0,
  removed_count   integer NOT NULL DEFAULT 0,
  unchanged_count integer NOT NULL DEFAULT 0,
  rejected_count  integer NOT NULL DEFAULT 0,
  error_message   text
);
CREATE INDEX scans_repository_id_started_at_id_idx ON traceability.scans (repository_id, started_at DESC, id);
CREATE INDEX scans_repository_id_commit_sha_idx ON traceability.scans (repository_id, commit_sha);
CREATE INDEX scans_started_at_id_idx ON traceability.scans (started_at, id);
CREATE TRIGGER check_transition BEFORE UPDATE OF status ON traceability.scans FOR EACH ROW
  EXECUTE FUNCTION platform.check_transition('status', '{"pending": ["in_progress", "failed"], "in_progress": ["completed", "failed"]}');

-- Files that a scan could not take, each with the reason a person needs to mend it.
CREATE TABLE traceability.scan_rejections (
  id       uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  scan_id  uuid NOT NULL REFERENCES traceability.scans ON DELETE CASCADE,
  path     text NOT NULL,
  line     integer CHECK (line >= 1),
  code     text NOT NULL,
  reason   text NOT NULL,
  severity text NOT NULL DEFAULT 'REJECTED' CHECK (severity IN ('REJECTED', 'FLAGGED'))
);
CREATE INDEX scan_rejections_scan_id_path_id_idx ON traceability.scan_rejections (scan_id, path, id);

-- In every artefact table: `path` is its file, `content_hash` (SHA-256 of the file) lets a scan leave unchanged rows alone,
-- `is_duplicate` says that other files of the repository declare the same id,
-- `fingerprint` (SHA-256 of the normative text) makes the links to its children suspect when it changes.
CREATE TABLE traceability.system_contexts (
  id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id      uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  gxp_id             text NOT NULL,
  project_name       text NOT NULL,
  version            text NOT NULL,
  gxp_risk_rating    text NOT NULL CHECK (gxp_risk_rating IN ('HIGH', 'MEDIUM', 'LOW')),
  validation_status  text NOT NULL CHECK (validation_status IN ('DRAFT', 'IN_REVIEW', 'APPROVED', 'VALIDATED', 'REJECTED', 'RETIRED')),
  intended_use       text,
  regulatory_context text,
  markdown_content   text,
  path               text,
  content_hash       text,
  is_duplicate       boolean NOT NULL DEFAULT false,
  created_at         timestamptz NOT NULL DEFAULT now(),
  updated_at         timestamptz NOT NULL DEFAULT now(),
  UNIQUE (repository_id, gxp_id)
);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON traceability.system_contexts
  FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE traceability.requirements (
  id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id       uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  gxp_id              text NOT NULL,
  title               text NOT NULL,
  gxp_risk_rating     text NOT NULL CHECK (gxp_risk_rating IN ('HIGH', 'MEDIUM', 'LOW')),
  description         text,
  acceptance_criteria jsonb,
  validation_status   text NOT NULL DEFAULT 'DRAFT' CHECK (validation_status IN ('DRAFT', 'IN_REVIEW', 'APPROVED', 'VALIDATED', 'REJECTED', 'RETIRED')),
  markdown_content    text,
  path                text,
  content_hash        text,
  is_duplicate        boolean NOT NULL DEFAULT false,
  fingerprint         text,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  UNIQUE (repository_id, gxp_id)
);
CREATE INDEX requirements_gxp_risk_rating_idx ON traceability.requirements (gxp_risk_rating);
CREATE INDEX requirements_repository_id_gxp_risk_rating_gxp_id_idx ON traceability.requirements (repository_id, gxp_risk_rating, gxp_id);
CREATE INDEX requirements_gxp_id_id_idx ON traceability.requirements (gxp_id, id);
CREATE INDEX requirements_created_at_id_idx ON traceability.requirements (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON traceability.requirements
  FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

-- `parent_id` below is a gxp_id, without a foreign key: a parent may stand in another repository, or nowhere yet.
-- gxp_id repeats across repositories, so children are found by (repository_id, parent_id, gxp_id).
CREATE TABLE traceability.user_stories (
  id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id       uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  gxp_id              text NOT NULL,
  title               text NOT NULL,
  parent_id           text,
  as_a                text,
  i_want              text,
  so_that             text,
  acceptance_criteria jsonb,
  status              text NOT NULL DEFAULT 'IMPLEMENTED' CHECK (status IN ('PROPOSED', 'PLANNED', 'IN_PROGRESS', 'IMPLEMENTED', 'RETIRED')),
  validation_status   text NOT NULL DEFAULT 'DRAFT' CHECK (validation_status IN ('DRAFT', 'IN_REVIEW', 'APPROVED', 'VALIDATED', 'REJECTED', 'RETIRED')),
  markdown_content    text,
  path                text,
  content_hash        text,
  is_duplicate        boolean NOT NULL DEFAULT false,
  fingerprint         text,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  UNIQUE (repository_id, gxp_id)
);
CREATE INDEX user_stories_parent_id_idx ON traceability.user_stories (parent_id);
CREATE INDEX user_stories_repository_id_parent_id_gxp_id_idx ON traceability.user_stories (repository_id, parent_id, gxp_id);
CREATE INDEX user_stories_gxp_id_id_idx ON traceability.user_stories (gxp_id, id);
CREATE INDEX user_stories_created_at_id_idx ON traceability.user_stories (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON traceability.user_stories
  FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE traceability.specs (
  id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id     uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  gxp_id            text NOT NULL,
  title             text NOT NULL,
  parent_id         text,
  verification_tier text NOT NULL CHECK (verification_tier IN ('IQ', 'OQ', 'PQ')),
  design_approach   text,
  source_files      jsonb,
  test_files        jsonb,
  validation_status text NOT NULL DEFAULT 'DRAFT' CHECK (validation_status IN ('DRAFT', 'IN_REVIEW', 'APPROVED', 'VALIDATED', 'REJECTED', 'RETIRED')),
  -- In the front matter of specifications beside validation_status.
  assurance_status  text CHECK (assurance_status IN ('DRAFT', 'IN_REVIEW', 'APPROVED', 'VALIDATED', 'REJECTED', 'RETIRED')),
  markdown_content  text,
  path              text,
  content_hash      text,
  is_duplicate      boolean NOT NULL DEFAULT false,
  fingerprint       text,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  UNIQUE (repository_id, gxp_id)
);
CREATE INDEX specs_parent_id_idx ON traceability.specs (parent_id);
CREATE INDEX specs_verification_tier_idx ON traceability.specs (verification_tier);
CREATE INDEX specs_repository_id_parent_id_gxp_id_idx ON traceability.specs (repository_id, parent_id, gxp_id);
CREATE INDEX specs_gxp_id_id_idx ON traceability.specs (gxp_id, id);
CREATE INDEX specs_created_at_id_idx ON traceability.specs (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON traceability.specs
  FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE traceability.evidence (
  id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id       uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  gxp_id              text NOT NULL,
  title               text NOT NULL,
  parent_id           text,
  jws_payload         jsonb,
  jws_signature       text,
  -- The serialisation as it was found, so that it can be verified again when keys are added or withdrawn.
  jws_source          text,
  jws_algorithm       text,
  jws_key_id          text,
  -- null: no trusted key has this key id.
  signature_verified  boolean,
  verification_reason text,
  verified_at         timestamptz,
  validation_status   text NOT NULL DEFAULT 'DRAFT' CHECK (validation_status IN ('DRAFT', 'IN_REVIEW', 'APPROVED', 'VALIDATED', 'REJECTED', 'RETIRED')),
  path                text,
  content_hash        text,
  is_duplicate        boolean NOT NULL DEFAULT false,
  created_at          timestamptz NOT NULL DEFAULT now(),
  updated_at          timestamptz NOT NULL DEFAULT now(),
  UNIQUE (repository_id, gxp_id)
);
CREATE INDEX evidence_parent_id_idx ON traceability.evidence (parent_id);
CREATE INDEX evidence_repository_id_parent_id_gxp_id_idx ON traceability.evidence (repository_id, parent_id, gxp_id);
CREATE INDEX evidence_repository_id_jws_key_id_idx ON traceability.evidence (repository_id, jws_key_id);
CREATE INDEX evidence_gxp_id_id_idx ON traceability.evidence (gxp_id, id);
CREATE INDEX evidence_created_at_id_idx ON traceability.evidence (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON traceability.evidence
  FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

-- source is the parent, target the child. Unique per repository: two repositories may each have REQ-001 -> US-001.
CREATE TABLE traceability.traceability_links (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id        uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  source_id            text NOT NULL,
  target_id            text NOT NULL,
  link_type            text NOT NULL CHECK (link_type IN ('REQ_TO_US', 'US_TO_SPEC', 'SPEC_TO_EVIDENCE')),
  is_valid             boolean NOT NULL DEFAULT true,
  status               text NOT NULL DEFAULT 'COVERED' CHECK (status IN ('COVERED', 'UNCOVERED', 'ORPHANED', 'AMBIGUOUS', 'DUPLICATE', 'CYCLE', 'SUSPECT')),
  -- Where the parent was found; null when it is nowhere, or in several places.
  source_repository_id uuid REFERENCES traceability.repositories ON DELETE SET NULL,
  -- The parent's fingerprint when the link was made or last reviewed; another one today makes the link suspect.
  parent_fingerprint   text,
  suspect_since        timestamptz,
  reviewed_by          text,
  reviewed_at          timestamptz,
  review_note          text,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  UNIQUE (repository_id, source_id, target_id),
  CHECK ((status = 'SUSPECT') = (suspect_since IS NOT NULL))
);
CREATE INDEX traceability_links_source_id_idx ON traceability.traceability_links (source_id);
-- Children whose parent is not in their own repository: whom a scan elsewhere may concern.
CREATE INDEX traceability_links_abroad_idx ON traceability.traceability_links (source_id)
  WHERE source_repository_id IS DISTINCT FROM repository_id;
CREATE INDEX traceability_links_target_id_idx ON traceability.traceability_links (target_id);
CREATE INDEX traceability_links_repository_id_target_id_idx ON traceability.traceability_links (repository_id, target_id);
CREATE INDEX traceability_links_repository_id_status_source_id_idx ON traceability.traceability_links (repository_id, status, source_id);
CREATE INDEX traceability_links_source_repository_id_source_id_idx ON traceability.traceability_links (source_repository_id, source_id);
CREATE INDEX traceability_links_created_at_id_idx ON traceability.traceability_links (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON traceability.traceability_links
  FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

-- Public keys that may sign a repository's evidence. Private and symmetric key material is refused, and so is HMAC.
CREATE TABLE traceability.trusted_keys (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  kid           text NOT NULL,
  algorithm     text NOT NULL CHECK (algorithm IN ('ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512')),
  jwk           jsonb NOT NULL CHECK (jsonb_typeof(jwk) = 'object' AND NOT jwk ?| ARRAY['d', 'k', 'p', 'q', 'dp', 'dq', 'qi', 'oth']),
  is_active     boolean NOT NULL DEFAULT true,
  added_by      text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  revoked_at    timestamptz,
  UNIQUE (repository_id, kid),
  CHECK (is_active = (revoked_at IS NULL))
);
