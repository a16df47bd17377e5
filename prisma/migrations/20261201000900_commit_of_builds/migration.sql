-- Which commit of its project's repository a build is of. Null: nobody said, as of all builds until now.
ALTER TABLE builds.builds ADD COLUMN commit_sha varchar(64)
  CONSTRAINT builds_commit_sha_check CHECK (commit_sha ~ '^([0-9a-f]{40}|[0-9a-f]{64})$');
CREATE INDEX builds_commit_sha_created_at_id_idx ON builds.builds (commit_sha, created_at, id);
