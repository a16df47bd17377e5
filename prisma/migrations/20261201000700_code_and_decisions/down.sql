DROP TABLE traceability.code_references;
DROP TABLE traceability.source_files;
DROP TABLE traceability.risks;
DROP TABLE traceability.decisions;
ALTER TABLE traceability.specs DROP COLUMN attributes;
ALTER TABLE traceability.user_stories DROP COLUMN attributes;
ALTER TABLE traceability.requirements DROP COLUMN attributes;
ALTER TABLE traceability.system_contexts DROP COLUMN attributes;
ALTER TABLE traceability.repositories DROP COLUMN surroundings_hash;
