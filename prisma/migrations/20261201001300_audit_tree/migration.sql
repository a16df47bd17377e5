-- A Merkle tree over the audit trail (RFC 6962 hashing), beside the hash chain: leaf n is the entry of link n + 1. Its roots are what
-- checkpoints sign, and what is proven outside of this database is proven against them.

-- The repository that a change belongs to, so that what was done to it can be exported by itself. Null in older entries.
ALTER TABLE traceability.audit_log ADD COLUMN repository text;
CREATE INDEX audit_log_repository_position_idx ON traceability.audit_log (repository, position) WHERE repository IS NOT NULL;

-- As before for entries without one, which is all that were sealed until now.
CREATE OR REPLACE FUNCTION traceability.audit_entry_hash(previous_hash text, entry traceability.audit_log) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT encode(sha256(convert_to((CASE WHEN entry.repository IS NULL THEN json_build_array(
    previous_hash, entry.id, (extract(epoch FROM entry.timestamp) * 1000000)::bigint::text, entry."user", entry.action,
    entry.resource_type, entry.resource_id, entry.payload_hash, entry.position::text, entry.xid::text, entry.entity_id,
    entry.payload, entry.request_id
  ) ELSE json_build_array(
    previous_hash, entry.id, (extract(epoch FROM entry.timestamp) * 1000000)::bigint::text, entry."user", entry.action,
    entry.resource_type, entry.resource_id, entry.payload_hash, entry.position::text, entry.xid::text, entry.entity_id,
    entry.payload, entry.request_id, entry.repository
  ) END)::text, 'UTF8')), 'hex')
$$;

-- What a leaf says of its entry, as the very text whose bytes are hashed: a JSON array, so that quoting makes it unambiguous. The
-- payload is in it by its hash alone, so that its text can be erased and the entry still be proven. A verifier needs no more of
-- the database than these texts.
CREATE FUNCTION traceability.audit_leaf(entry traceability.audit_log) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT json_build_array(
    'weft.audit.v1', entry.id, (extract(epoch FROM entry.timestamp) * 1000000)::bigint::text, entry."user", entry.action,
    entry.resource_type, entry.resource_id, entry.entity_id, entry.payload_hash, entry.repository, entry.request_id,
    entry.position::text, entry.xid::text
  )::text
$$;

CREATE FUNCTION traceability.audit_leaf_hash(entry traceability.audit_log) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256('\x00'::bytea || convert_to(traceability.audit_leaf(entry), 'UTF8'))
$$;

-- For links that were made before there was a tree: their table is written anew once, which no trigger refuses.
CREATE FUNCTION traceability.audit_leaf_of(entry_id uuid) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT traceability.audit_leaf_hash(l) FROM traceability.audit_log l WHERE l.id = entry_id
$$;
ALTER TABLE traceability.audit_seals ADD COLUMN leaf_hash bytea;
ALTER TABLE traceability.audit_seals ALTER COLUMN leaf_hash TYPE bytea USING traceability.audit_leaf_of(audit_id);
ALTER TABLE traceability.audit_seals
  ALTER COLUMN leaf_hash SET NOT NULL,
  ADD CONSTRAINT audit_seals_leaf_hash_check CHECK (octet_length(leaf_hash) = 32);
DROP FUNCTION traceability.audit_leaf_of;

-- The tree in tiles of 256 hashes, as C2SP's tlog-tiles cuts it: a tile of level 0 has the hashes of 256 leaves, one of level n + 1
-- the roots of 256 tiles of level n. Only full tiles stand here; what is at the right edge follows from these and from the links.
CREATE TABLE traceability.audit_tiles (
  level  smallint NOT NULL CHECK (level BETWEEN 0 AND 7),
  tile   bigint NOT NULL CHECK (tile >= 0),
  root   bytea NOT NULL CHECK (octet_length(root) = 32),
  hashes bytea NOT NULL CHECK (octet_length(hashes) = 8192),
  PRIMARY KEY (level, tile)
);
-- Hashes don't compress; beside the rows they leave roots close together, which is what proofs read in a range.
ALTER TABLE traceability.audit_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;
CALL platform.make_append_only('traceability.audit_tiles');

-- The root over the hashes of a full tile.
CREATE FUNCTION traceability.audit_tile_root(hashes bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  WHILE octet_length(hashes) > 32 LOOP
    SELECT string_agg(sha256('\x01'::bytea || substr(hashes, n * 64 + 1, 64)), ''::bytea ORDER BY n) INTO hashes
    FROM generate_series(0, octet_length(hashes) / 64 - 1) n;
  END LOOP;
  RETURN hashes;
END $$;

-- Adds the tiles that `size` links fill, from below upwards.
CREATE FUNCTION traceability.extend_audit_tree(size bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  next_tile bigint := (SELECT coalesce(max(tile) + 1, 0) FROM traceability.audit_tiles WHERE level = 0);
  at_level  smallint;
  at_tile   bigint;
  gathered  bytea;
BEGIN
  WHILE (next_tile + 1) * 256 <= size LOOP
    at_level := 0;
    at_tile := next_tile;
    SELECT string_agg(leaf_hash, ''::bytea ORDER BY sequence) INTO gathered
    FROM traceability.audit_seals WHERE sequence BETWEEN at_tile * 256 + 1 AND at_tile * 256 + 256;
    LOOP
      IF octet_length(gathered) IS DISTINCT FROM 8192 THEN
        RAISE EXCEPTION 'links are missing below tile % of level %: verify the audit trail', at_tile, at_level USING ERRCODE = 'WF004';
      END IF;
      INSERT INTO traceability.audit_tiles (level, tile, root, hashes)
      VALUES (at_level, at_tile, traceability.audit_tile_root(gathered), gathered);
      EXIT WHEN (at_tile + 1) % 256 <> 0;
      at_tile := at_tile / 256;
      SELECT string_agg(root, ''::bytea ORDER BY tile) INTO gathered
      FROM traceability.audit_tiles WHERE level = at_level AND tile BETWEEN at_tile * 256 AND at_tile * 256 + 255;
      at_level := at_level + 1;
    END LOOP;
    next_tile := next_tile + 1;
  END LOOP;
END $$;
SELECT traceability.extend_audit_tree((SELECT coalesce(max(sequence), 0) FROM traceability.audit_seals));

-- Checkpoints as they were signed, each over another size: whatever dies in between, there is one head of one size.
CREATE TABLE traceability.audit_checkpoints (
  size       bigint PRIMARY KEY CHECK (size >= 1),
  root       bytea NOT NULL CHECK (octet_length(root) = 32),
  -- A C2SP signed note over a tlog-checkpoint.
  note       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CALL platform.make_append_only('traceability.audit_checkpoints');

-- Where checkpoints have been brought to, outside of this database; how far, and how it went last.
CREATE TABLE traceability.audit_stores (
  store        text PRIMARY KEY,
  size         bigint NOT NULL DEFAULT 0,
  published_at timestamptz,
  failure      text,
  failed_at    timestamptz
);

-- As before, and the tree with it: a link, its leaf and the tiles that it fills are one commit.
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
  leaves        bytea[] := '{}';
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
    leaves := leaves || traceability.audit_leaf_hash(entry);
  END LOOP;

  INSERT INTO traceability.audit_seals (sequence, audit_id, previous_hash, entry_hash, leaf_hash)
  SELECT last_sequence + n, id, previous_hash, entry_hash, leaf_hash
  FROM unnest(ids, previous, hashes, leaves) WITH ORDINALITY AS sealed (id, previous_hash, entry_hash, leaf_hash, n);
  PERFORM traceability.extend_audit_tree(last_sequence + cardinality(ids));
  RETURN cardinality(ids);
END $$;
