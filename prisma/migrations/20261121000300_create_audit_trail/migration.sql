-- The append-only audit log of every domain, and the hash chain that seals it.

CREATE TABLE traceability.audit_log (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  timestamp     timestamptz NOT NULL DEFAULT now(),
  "user"        text NOT NULL,
  action        text NOT NULL,
  resource_type text NOT NULL,
  resource_id   uuid NOT NULL,
  payload_hash  text NOT NULL CHECK (payload_hash ~ '^[0-9a-f]{64}$'),
  position      bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  xid           xid8 NOT NULL DEFAULT pg_current_xact_id(),
  -- The global id, for entities whose key is not a uuid too.
  entity_id     text,
  -- Canonical JSON as text: the hash is over these very bytes, which jsonb would rewrite.
  payload       text,
  request_id    text,
  CHECK (payload IS NULL OR payload_hash = encode(sha256(convert_to(payload, 'UTF8')), 'hex'))
);
CREATE INDEX audit_log_timestamp_idx ON traceability.audit_log (timestamp);
CREATE INDEX audit_log_resource_type_resource_id_idx ON traceability.audit_log (resource_type, resource_id);
CREATE INDEX audit_log_entity_id_position_idx ON traceability.audit_log (entity_id, position);
CREATE INDEX audit_log_user_position_idx ON traceability.audit_log ("user", position);
CREATE INDEX audit_log_xid_position_idx ON traceability.audit_log (xid, position);
CALL platform.make_append_only('traceability.audit_log');

-- The chain stands beside the log, because an entry is never updated, and because linking entries inside the mutation's own
-- transaction would make every mutation of every domain wait for the one before it.
-- `sealed_at` is for people; the proof is in the hashes.
CREATE TABLE traceability.audit_seals (
  sequence      bigint PRIMARY KEY CHECK (sequence >= 1),
  audit_id      uuid NOT NULL UNIQUE REFERENCES traceability.audit_log,
  previous_hash text NOT NULL CHECK (previous_hash ~ '^[0-9a-f]{64}$'),
  entry_hash    text NOT NULL CHECK (entry_hash ~ '^[0-9a-f]{64}$'),
  sealed_at     timestamptz NOT NULL DEFAULT now()
);
CALL platform.make_append_only('traceability.audit_seals');

-- Every column of the entry, as one JSON array: quoting makes it unambiguous. The time is in microseconds, because its text
-- would depend on the session's time zone. A column added to audit_log later must be added here, for new entries only.
CREATE FUNCTION traceability.audit_entry_hash(previous_hash text, entry traceability.audit_log) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT encode(sha256(convert_to(json_build_array(
    previous_hash, entry.id, (extract(epoch FROM entry.timestamp) * 1000000)::bigint::text, entry."user", entry.action,
    entry.resource_type, entry.resource_id, entry.payload_hash, entry.position::text, entry.xid::text, entry.entity_id,
    entry.payload, entry.request_id
  )::text, 'UTF8')), 'hex')
$$;

-- Seals up to max_entries in (xid, position) order and answers how many. Any process may call it at any time: one seals, the
-- others answer 0 at once. Below the snapshot's oldest running transaction nothing can appear any more, so everything after
-- the last seal in that order is unsealed and everything before it is sealed: one index range, no scan of the log.
CREATE FUNCTION traceability.seal_audit_log(max_entries integer DEFAULT 1000) RETURNS integer
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
