-- What each artifact has said, each text once, and at which scans it and the links stood.

ALTER TABLE traceability.scans
  -- Its place among the scans of its repository, from 1. Null for scans from before states were kept.
  ADD COLUMN revision integer CONSTRAINT scans_revision_check CHECK (revision >= 1),
  ADD CONSTRAINT scans_repository_id_revision_key UNIQUE (repository_id, revision);

CREATE TABLE traceability.artifact_versions (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  artifact_kind text NOT NULL CONSTRAINT artifact_versions_artifact_kind_check
    CHECK (artifact_kind IN ('SYSTEM_CONTEXT', 'REQUIREMENT', 'USER_STORY', 'SPECIFICATION', 'SIGNED_EVIDENCE')),
  gxp_id        text NOT NULL,
  -- Of the file: it says the same whenever it is the same.
  content_hash  text NOT NULL,
  title         text NOT NULL,
  path          text NOT NULL,
  -- All that was read of the file.
  content       jsonb NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT artifact_versions_content_key UNIQUE (repository_id, artifact_kind, gxp_id, content_hash)
);

-- From which scan of its repository on a version stood, and the first at which it stood no longer; null while it stands.
CREATE TABLE traceability.version_spans (
  id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id  uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  version_id     uuid NOT NULL REFERENCES traceability.artifact_versions ON DELETE CASCADE,
  from_revision  integer NOT NULL,
  until_revision integer,
  CONSTRAINT version_spans_revisions_check CHECK (until_revision > from_revision)
);
CREATE INDEX version_spans_version_id_idx ON traceability.version_spans (version_id);
CREATE INDEX version_spans_repository_id_from_revision_idx ON traceability.version_spans (repository_id, from_revision);
CREATE INDEX version_spans_repository_id_until_revision_idx ON traceability.version_spans (repository_id, until_revision);

-- The same of links, as they were when the scan had been stored.
CREATE TABLE traceability.link_spans (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  repository_id        uuid NOT NULL REFERENCES traceability.repositories ON DELETE CASCADE,
  -- Where the parent was found, by its name: it stays when the parent's repository is gone.
  source_repository    text,
  source_id            text NOT NULL,
  target_id            text NOT NULL,
  link_type            text NOT NULL,
  relation             text NOT NULL,
  status               text NOT NULL,
  from_revision        integer NOT NULL,
  until_revision       integer,
  CONSTRAINT link_spans_revisions_check CHECK (until_revision > from_revision)
);
CREATE INDEX link_spans_repository_id_from_revision_idx ON traceability.link_spans (repository_id, from_revision);
CREATE INDEX link_spans_repository_id_until_revision_idx ON traceability.link_spans (repository_id, until_revision);
