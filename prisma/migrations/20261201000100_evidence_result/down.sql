ALTER TABLE traceability.evidence DROP COLUMN result_reason, DROP COLUMN result;
