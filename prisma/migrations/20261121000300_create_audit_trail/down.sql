DROP FUNCTION traceability.verify_audit_chain, traceability.seal_audit_log, traceability.audit_entry_hash;
DROP TABLE traceability.audit_seals, traceability.audit_log;
