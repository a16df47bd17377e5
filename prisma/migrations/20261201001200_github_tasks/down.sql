ALTER TABLE builds.repos DROP COLUMN webhook_wanted;
DROP TABLE builds.github_tasks;
