-- The extension stays: it belongs to the server's administrator, and other schemas may use it.
DROP SCHEMA platform, traceability, evidence, builds, scanning, workflow CASCADE;
