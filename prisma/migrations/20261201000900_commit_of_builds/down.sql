ALTER TABLE builds.builds DROP COLUMN commit_sha;
