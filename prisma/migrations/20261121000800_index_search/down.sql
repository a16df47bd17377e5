DROP INDEX workflow.work_items_content_search_idx, builds.build_logs_message_search_idx;
ALTER TABLE workflow.mem_docs DROP COLUMN search_vector;
ALTER TABLE evidence.evidence DROP COLUMN search_vector;
DROP FUNCTION platform.split_words;
ALTER TABLE traceability.evidence DROP COLUMN search_vector;
ALTER TABLE traceability.system_contexts DROP COLUMN search_vector;
ALTER TABLE traceability.specs DROP COLUMN search_vector;
ALTER TABLE traceability.user_stories DROP COLUMN search_vector;
ALTER TABLE traceability.requirements DROP COLUMN search_vector;
