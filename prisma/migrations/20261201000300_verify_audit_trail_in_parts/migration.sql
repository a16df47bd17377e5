-- The chain is verified in parts: what one statement does is bounded by the links it is asked about, whatever is stored.

DROP FUNCTION traceability.verify_audit_chain(bigint);

-- The first broken link from one sequence to another, both included, or no row; a null end is the end of the chain. `sequence`
-- is null for an entry that was slipped in unsealed. Parts that follow each other find together what one over all finds: each
-- link is held against the one before it, also where a part begins, and of the log a part looks at what lies between the
-- entries of the link before it and of its own last link. Entries are looked up one by one: a join would read the whole log.
CREATE FUNCTION traceability.verify_audit_chain(from_sequence bigint DEFAULT 1, to_sequence bigint DEFAULT NULL)
RETURNS TABLE (sequence bigint, audit_id uuid, reason text) LANGUAGE sql STABLE AS $$
  WITH chain AS (
    SELECT s.*,
      lag(s.sequence, 1, 0::bigint) OVER (ORDER BY s.sequence) AS sequence_before,
      lag(s.entry_hash, 1, repeat('0', 64)) OVER (ORDER BY s.sequence) AS hash_before,
      lead(s.previous_hash) OVER (ORDER BY s.sequence) AS hash_in_next
    FROM traceability.audit_seals s
    -- The links around the range are there for their hashes alone. (`least` leaves null out.)
    WHERE s.sequence >= from_sequence - 1 AND s.sequence <= least(to_sequence, 9223372036854775806) + 1
  ), broken AS (
    SELECT chain.sequence, chain.audit_id, CASE
      WHEN chain.sequence <> chain.sequence_before + 1 THEN 'SEQUENCE_GAP'
      WHEN a.id IS NULL THEN 'ENTRY_MISSING'
      WHEN chain.previous_hash <> chain.hash_before THEN 'SEAL_CHANGED'
      WHEN chain.entry_hash <> a.hash THEN
        -- The next seal vouches for this one's hash: if they agree, it is the entry that was changed.
        CASE WHEN coalesce(chain.hash_in_next = chain.entry_hash, true) THEN 'ENTRY_CHANGED' ELSE 'SEAL_CHANGED' END
    END AS reason
    FROM chain LEFT JOIN LATERAL (
      SELECT l.id, traceability.audit_entry_hash(chain.previous_hash, l) AS hash
      FROM traceability.audit_log l WHERE l.id = chain.audit_id OFFSET 0
    ) a ON true
    WHERE chain.sequence >= from_sequence AND chain.sequence <= coalesce(to_sequence, 9223372036854775807)
  ), begun AS (
    SELECT l.xid, l.position FROM traceability.audit_seals s JOIN traceability.audit_log l ON l.id = s.audit_id
    WHERE s.sequence < from_sequence ORDER BY s.sequence DESC LIMIT 1
  ), unsealed AS (
    SELECT a.id FROM traceability.audit_log a
    WHERE a.xid < pg_snapshot_xmin(pg_current_snapshot())
      AND (a.xid, a.position) >= (
        coalesce((SELECT begun.xid FROM begun), '0'), coalesce((SELECT begun.position FROM begun), -9223372036854775808))
      AND (a.xid, a.position) < (
        SELECT l.xid, l.position FROM traceability.audit_seals s JOIN traceability.audit_log l ON l.id = s.audit_id
        WHERE s.sequence <= coalesce(to_sequence, 9223372036854775807)
        ORDER BY s.sequence DESC LIMIT 1)
      AND (SELECT s.sequence FROM traceability.audit_seals s WHERE s.audit_id = a.id) IS NULL
    ORDER BY a.xid, a.position LIMIT 1
  )
  (SELECT broken.sequence, broken.audit_id, broken.reason FROM broken WHERE broken.reason IS NOT NULL ORDER BY broken.sequence LIMIT 1)
  UNION ALL
  SELECT NULL, unsealed.id, 'ENTRY_NOT_SEALED' FROM unsealed
  LIMIT 1
$$;
