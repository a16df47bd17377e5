-- A trace is a graph: an artifact may be for several others, at any level above it, and depend on more.

-- All that an artifact names, as [{"parentId", "relation"}]; null where that is its parent alone.
ALTER TABLE traceability.requirements ADD COLUMN edges jsonb;
ALTER TABLE traceability.user_stories ADD COLUMN edges jsonb;
ALTER TABLE traceability.specs ADD COLUMN edges jsonb;
ALTER TABLE traceability.evidence ADD COLUMN edges jsonb;

-- How the child names its parent, and whether evidence that proves is reached from the child.
ALTER TABLE traceability.traceability_links DISABLE TRIGGER touch_updated_at;
ALTER TABLE traceability.traceability_links
  ADD COLUMN relation text NOT NULL DEFAULT 'PARENT'
    CONSTRAINT traceability_links_relation_check CHECK (relation IN ('PARENT', 'SATISFIES', 'IMPLEMENTS', 'VERIFIES')),
  ADD COLUMN reaches_proof boolean NOT NULL DEFAULT false;
UPDATE traceability.traceability_links SET relation = 'VERIFIES', reaches_proof = status = 'COVERED'
  WHERE link_type = 'SPEC_TO_EVIDENCE';
UPDATE traceability.traceability_links l SET reaches_proof = true WHERE link_type = 'US_TO_SPEC' AND EXISTS (
  SELECT FROM traceability.traceability_links c
  WHERE c.source_repository_id = l.repository_id AND c.source_id = l.target_id AND c.is_valid AND c.reaches_proof);
UPDATE traceability.traceability_links l SET reaches_proof = true WHERE link_type = 'REQ_TO_US' AND EXISTS (
  SELECT FROM traceability.traceability_links c
  WHERE c.source_repository_id = l.repository_id AND c.source_id = l.target_id AND c.is_valid AND c.reaches_proof);
ALTER TABLE traceability.traceability_links ENABLE TRIGGER touch_updated_at;

-- The links that the ladder of traceability_links has no types for: skipped levels, parts of requirements, dependencies.
CREATE TABLE traceability.graph_links (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id        uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  source_id            text NOT NULL,
  target_id            text NOT NULL,
  link_type            text NOT NULL CONSTRAINT graph_links_link_type_check
    CHECK (link_type IN ('REQ_TO_REQ', 'REQ_TO_SPEC', 'REQ_TO_EVIDENCE', 'US_TO_EVIDENCE', 'DEPENDS_ON')),
  relation             text NOT NULL CONSTRAINT graph_links_relation_check
    CHECK (relation IN ('PARENT', 'SATISFIES', 'IMPLEMENTS', 'VERIFIES', 'DEPENDS_ON')),
  -- Null where the parent is not found.
  source_kind          text CONSTRAINT graph_links_source_kind_check
    CHECK (source_kind IN ('REQUIREMENT', 'USER_STORY', 'SPECIFICATION', 'SIGNED_EVIDENCE')),
  target_kind          text NOT NULL CONSTRAINT graph_links_target_kind_check
    CHECK (target_kind IN ('REQUIREMENT', 'USER_STORY', 'SPECIFICATION', 'SIGNED_EVIDENCE')),
  is_valid             boolean NOT NULL,
  status               text NOT NULL CONSTRAINT graph_links_status_check
    CHECK (status IN ('COVERED', 'UNCOVERED', 'ORPHANED', 'AMBIGUOUS', 'DUPLICATE', 'CYCLE', 'SUSPECT')),
  reaches_proof        boolean NOT NULL,
  source_repository_id uuid REFERENCES traceability.repositories ON DELETE SET NULL,
  parent_fingerprint   text,
  suspect_since        timestamptz,
  reviewed_by          text,
  reviewed_at          timestamptz,
  review_note          text,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT graph_links_ends_key UNIQUE (repository_id, source_id, target_id),
  CONSTRAINT graph_links_suspect_check CHECK ((status = 'SUSPECT') = (suspect_since IS NOT NULL)),
  CONSTRAINT graph_links_dependency_check CHECK ((link_type = 'DEPENDS_ON') = (relation = 'DEPENDS_ON'))
);
CREATE INDEX graph_links_source_id_idx ON traceability.graph_links (source_id);
CREATE INDEX graph_links_repository_id_target_id_idx ON traceability.graph_links (repository_id, target_id);
CREATE INDEX graph_links_repository_id_status_source_id_idx ON traceability.graph_links (repository_id, status, source_id);
CREATE INDEX graph_links_source_repository_id_source_id_idx ON traceability.graph_links (source_repository_id, source_id);
CREATE INDEX graph_links_created_at_id_idx ON traceability.graph_links (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON traceability.graph_links
  FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

-- All of them as one.
CREATE VIEW traceability.links AS
  SELECT id, repository_id, source_id, target_id, link_type, relation,
    CASE WHEN source_repository_id IS NOT NULL THEN
      CASE link_type WHEN 'REQ_TO_US' THEN 'REQUIREMENT' WHEN 'US_TO_SPEC' THEN 'USER_STORY' ELSE 'SPECIFICATION' END
    END AS source_kind,
    CASE link_type WHEN 'REQ_TO_US' THEN 'USER_STORY' WHEN 'US_TO_SPEC' THEN 'SPECIFICATION' ELSE 'SIGNED_EVIDENCE' END AS target_kind,
    is_valid, status, reaches_proof, source_repository_id, parent_fingerprint, suspect_since, reviewed_by, reviewed_at, review_note,
    created_at, updated_at
  FROM traceability.traceability_links
  UNION ALL
  SELECT id, repository_id, source_id, target_id, link_type, relation, source_kind, target_kind, is_valid, status, reaches_proof,
    source_repository_id, parent_fingerprint, suspect_since, reviewed_by, reviewed_at, review_note, created_at, updated_at
  FROM traceability.graph_links;

-- What an artifact is a part of, without what it depends on.
CREATE VIEW traceability.part_links AS SELECT * FROM traceability.links WHERE relation <> 'DEPENDS_ON';
