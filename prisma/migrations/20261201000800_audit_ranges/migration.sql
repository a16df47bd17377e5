-- What an audit is of, beside its commit: the commit that its changes are counted from, and the pull request that brings them.
ALTER TABLE builds.audit_runs
  ADD COLUMN base_sha varchar(40) CHECK (base_sha ~ '^[0-9a-f]{40}$'),
  ADD COLUMN pull_request integer CHECK (pull_request >= 1),
  -- How often a worker took it: one that ends its worker each time is given up.
  ADD COLUMN attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0);
-- Where a repository is fetched from, when that is not GitHub.
ALTER TABLE builds.repos ADD COLUMN remote_url text;
