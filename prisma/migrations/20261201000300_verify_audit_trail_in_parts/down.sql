DROP FUNCTION traceability.verify_audit_chain(bigint, bigint);

-- The first broken link at or after from_sequence, or no row. `sequence` is null for an entry that was slipped in unsealed.
CREATE FUNCTION traceability.verify_audit_chain(from_sequence bigint DEFAULT 1)
RETURNS TABLE (sequence bigint, audit_id uuid, reason text) LANGUAGE sql STABLE AS $$
  WITH chain AS (
    SELECT s.*,
      lag(s.sequence, 1, 0::bigint) OVER (ORDER BY s.sequence) AS sequence_before,
      lag(s.entry_hash, 1, repeat('0', 64)) OVER (ORDER BY s.sequence) AS hash_before,
      lead(s.previous_hash) OVER (ORDER BY s.sequence) AS hash_in_next
    FROM traceability.audit_seals s
    WHERE s.sequence >= from_sequence - 1
  ), broken AS (
    SELECT chain.sequence, chain.audit_id, CASE
      WHEN chain.sequence <> chain.sequence_before + 1 THEN 'SEQUENCE_GAP'
      WHEN a.id IS NULL THEN 'ENTRY_MISSING'
      WHEN chain.previous_hash <> chain.hash_before THEN 'SEAL_CHANGED'
      WHEN chain.entry_hash <> traceability.audit_entry_hash(chain.previous_hash, a) THEN
        -- The next seal vouches for this one's hash: if they agree, it is the entry that was changed.
        CASE WHEN coalesce(chain.hash_in_next = chain.entry_hash, true) THEN 'ENTRY_CHANGED' ELSE 'SEAL_CHANGED' END
    END AS reason
    FROM chain LEFT JOIN traceability.audit_log a ON a.id = chain.audit_id
    -- The seal before the range is there for its hash alone.
    WHERE chain.sequence >= from_sequence
  ), unsealed AS (
    SELECT a.id FROM traceability.audit_log a
    WHERE a.xid < pg_snapshot_xmin(pg_current_snapshot())
      AND (a.xid, a.position) < (
        SELECT l.xid, l.position FROM traceability.audit_seals s JOIN traceability.audit_log l ON l.id = s.audit_id
        ORDER BY s.sequence DESC LIMIT 1)
      AND NOT EXISTS (SELECT FROM traceability.audit_seals s WHERE s.audit_id = a.id)
    ORDER BY a.position LIMIT 1
  )
  (SELECT broken.sequence, broken.audit_id, broken.reason FROM broken WHERE broken.reason IS NOT NULL ORDER BY broken.sequence LIMIT 1)
  UNION ALL
  SELECT NULL, unsealed.id, 'ENTRY_NOT_SEALED' FROM unsealed
  LIMIT 1
$$;
