DROP TABLE traceability.criterion_statements;
DROP TABLE traceability.acceptance_criteria;
ALTER TABLE traceability.repositories DROP COLUMN high_risk_signatures;
ALTER TABLE traceability.specs DROP COLUMN missing_files;
ALTER TABLE traceability.evidence
  DROP COLUMN signatures_required, DROP COLUMN signer_count, DROP COLUMN freshness_reason, DROP COLUMN freshness, DROP COLUMN git_commit;
