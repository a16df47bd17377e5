DROP VIEW traceability.part_links;
DROP VIEW traceability.links;
DROP TABLE traceability.graph_links;
ALTER TABLE traceability.traceability_links DROP COLUMN relation, DROP COLUMN reaches_proof;
ALTER TABLE traceability.evidence DROP COLUMN edges;
ALTER TABLE traceability.specs DROP COLUMN edges;
ALTER TABLE traceability.user_stories DROP COLUMN edges;
ALTER TABLE traceability.requirements DROP COLUMN edges;
