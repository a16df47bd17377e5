CREATE OR REPLACE FUNCTION traceability.seal_audit_log(max_entries integer DEFAULT 1000) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  horizon       xid8;
  after_xid     xid8 := '0';
  after_pos     bigint := 0;
  last_sequence bigint := 0;
  last_hash     text := repeat('0', 64);
  is_restored   boolean;
  entry         traceability.audit_log;
  ids           uuid[] := '{}';
  previous      text[] := '{}';
  hashes        text[] := '{}';
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('traceability.audit_seals', 0)) THEN
    RETURN 0;
  END IF;
  horizon := pg_snapshot_xmin(pg_current_snapshot());

  SELECT s.sequence, s.entry_hash, a.xid, a.position INTO last_sequence, last_hash, after_xid, after_pos
  FROM traceability.audit_seals s JOIN traceability.audit_log a ON a.id = s.audit_id
  ORDER BY s.sequence DESC LIMIT 1;
  IF NOT FOUND THEN
    IF EXISTS (SELECT FROM traceability.audit_seals) THEN
      RAISE EXCEPTION 'the last sealed audit entry is missing: verify the audit trail' USING ERRCODE = 'WF004';
    END IF;
    last_sequence := 0; last_hash := repeat('0', 64); after_xid := '0'; after_pos := 0;
  END IF;

  -- After a restore into another cluster, entries bear transaction ids that are still to come there. They are committed, and
  -- the order of ids says nothing across the two clusters: look for the unsealed one by one until ids have caught up.
  -- (The caller's own id may stand there as well, and its entries are not committed.)
  is_restored := EXISTS (
    SELECT FROM traceability.audit_log a
    WHERE a.xid >= pg_snapshot_xmax(pg_current_snapshot()) AND a.xid IS DISTINCT FROM pg_current_xact_id_if_assigned());
  IF is_restored THEN
    after_xid := '0'; after_pos := 0;
  END IF;

  FOR entry IN
    SELECT a.* FROM traceability.audit_log a
    WHERE (a.xid, a.position) > (after_xid, after_pos)
      AND (a.xid < horizon OR (is_restored AND a.xid >= pg_snapshot_xmax(pg_current_snapshot())
        AND a.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()))
      AND NOT (is_restored AND EXISTS (SELECT FROM traceability.audit_seals s WHERE s.audit_id = a.id))
    ORDER BY a.xid, a.position LIMIT max_entries
  LOOP
    ids := ids || entry.id;
    previous := previous || last_hash;
    last_hash := traceability.audit_entry_hash(last_hash, entry);
    hashes := hashes || last_hash;
  END LOOP;

  INSERT INTO traceability.audit_seals (sequence, audit_id, previous_hash, entry_hash)
  SELECT last_sequence + n, id, previous_hash, entry_hash
  FROM unnest(ids, previous, hashes) WITH ORDINALITY AS sealed (id, previous_hash, entry_hash, n);
  RETURN cardinality(ids);
END $$;

DROP TABLE traceability.audit_stores, traceability.audit_checkpoints, traceability.audit_tiles;
ALTER TABLE traceability.audit_seals DROP COLUMN leaf_hash;
DROP FUNCTION traceability.extend_audit_tree, traceability.audit_tile_root, traceability.audit_leaf_hash, traceability.audit_leaf;
-- Links of entries that have a repository don't fit any more without it.
CREATE OR REPLACE FUNCTION traceability.audit_entry_hash(previous_hash text, entry traceability.audit_log) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT encode(sha256(convert_to(json_build_array(
    previous_hash, entry.id, (extract(epoch FROM entry.timestamp) * 1000000)::bigint::text, entry."user", entry.action,
    entry.resource_type, entry.resource_id, entry.payload_hash, entry.position::text, entry.xid::text, entry.entity_id,
    entry.payload, entry.request_id
  )::text, 'UTF8')), 'hex')
$$;
ALTER TABLE traceability.audit_log DROP COLUMN repository;
