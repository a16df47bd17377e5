DROP TABLE traceability.evidence_files;
ALTER TABLE traceability.evidence DROP COLUMN package_fault;
