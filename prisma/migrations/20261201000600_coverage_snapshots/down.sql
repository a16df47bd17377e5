DROP TABLE traceability.coverage_snapshots;
