DROP TABLE traceability.link_spans;
DROP TABLE traceability.version_spans;
DROP TABLE traceability.artifact_versions;
ALTER TABLE traceability.scans DROP COLUMN revision;
