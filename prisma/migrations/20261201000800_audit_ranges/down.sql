ALTER TABLE builds.repos DROP COLUMN remote_url;
ALTER TABLE builds.audit_runs DROP COLUMN attempts, DROP COLUMN pull_request, DROP COLUMN base_sha;
