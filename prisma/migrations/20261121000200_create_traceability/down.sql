DROP TABLE traceability.trusted_keys, traceability.traceability_links, traceability.evidence, traceability.specs,
  traceability.user_stories, traceability.requirements, traceability.system_contexts, traceability.scan_rejections,
  traceability.scans, traceability.repositories;
