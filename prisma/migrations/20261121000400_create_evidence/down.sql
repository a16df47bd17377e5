DROP TABLE evidence.feature_audit, evidence.feature_outputs, evidence.feature_evidence, evidence.processing_jobs,
  evidence.features, evidence.evidence, evidence.documents;
