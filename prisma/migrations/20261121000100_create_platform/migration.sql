-- The ground under the five domains: their schemas, the trigger functions they share, and the event log.

-- uuid-ossp, which two of the source documents name, is not needed: gen_random_uuid() is in the core since PostgreSQL 13.
CREATE EXTENSION IF NOT EXISTS vector;

CREATE SCHEMA platform;
CREATE SCHEMA traceability;
CREATE SCHEMA evidence;
CREATE SCHEMA builds;
CREATE SCHEMA scanning;
CREATE SCHEMA workflow;

CREATE FUNCTION platform.touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END $$;

-- SQLSTATE class WF is this product's own: WF001 append-only, WF002 illegal transition, WF003 separation of duties,
-- WF004 a state that its own rows contradict.
CREATE FUNCTION platform.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%.% is append-only: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
    USING ERRCODE = 'WF001', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
END $$;

-- Makes a table append-only. ENABLE ALWAYS, because an ordinary trigger is skipped under session_replication_role = replica;
-- the TRUNCATE trigger is per statement, because row triggers do not fire on TRUNCATE (nor on TRUNCATE ... CASCADE of a parent).
CREATE PROCEDURE platform.make_append_only(target regclass) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION platform.refuse_change()', target);
  EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION platform.refuse_change()', target);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER refuse_change, ENABLE ALWAYS TRIGGER refuse_truncate', target);
END $$;

-- Arguments: the column, and its transitions as JSON, {"from": ["to", ...]}. A state that is no key there is final.
-- Inserts are free, so that history can be imported as it was.
CREATE FUNCTION platform.check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  old_state text := to_jsonb(OLD) ->> TG_ARGV[0];
  new_state text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
  IF old_state = new_state OR coalesce(TG_ARGV[1]::jsonb -> old_state, '[]') ? new_state THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '%.%: % cannot go from % to %', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0], old_state, new_state
    USING ERRCODE = 'WF002', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = TG_ARGV[0];
END $$;

-- The durable feed under every subscription, read in the order of `position`. `xid` says which events were one transaction.
CREATE TABLE platform.events (
  position    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid         xid8 NOT NULL DEFAULT pg_current_xact_id(),
  entity_type text NOT NULL,
  entity_id   text NOT NULL,
  action      text NOT NULL,
  repository  text,
  account     text,
  payload     jsonb NOT NULL DEFAULT '{}',
  occurred_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_xid_position_idx ON platform.events (xid, position);
CREATE INDEX events_occurred_at_idx ON platform.events (occurred_at);

-- Positions are taken before the commit, so a lower one may become visible after a higher one. A transaction that appends
-- says so with a shared lock (1464157780 is 'WEFT') that holds the highest position taken before its own: readers stop at
-- the lowest of these, and so miss nothing. In a trigger, so that no way of writing can forget it; per statement, because
-- it has to be before the first position is taken. The key is the position's lower 32 bits as a signed integer.
CREATE FUNCTION platform.announce_events() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  taken bigint := (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM platform.events_position_seq);
BEGIN
  PERFORM pg_advisory_xact_lock_shared(1464157780, (((taken & 4294967295) # 2147483648) - 2147483648)::int);
  PERFORM pg_notify('weft_events', '');
  RETURN NULL;
END $$;
CREATE TRIGGER announce_events BEFORE INSERT ON platform.events FOR EACH STATEMENT EXECUTE FUNCTION platform.announce_events();

-- What retention has already removed: a cursor below it is expired, never silently short.
CREATE TABLE platform.event_horizon (
  singleton        boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  expired_position bigint NOT NULL DEFAULT 0
);
INSERT INTO platform.event_horizon DEFAULT VALUES;

CREATE TABLE platform.idempotency_keys (
  scope      text NOT NULL,
  client_key text NOT NULL,
  input_hash text NOT NULL,
  result     jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (scope, client_key)
);
CREATE INDEX idempotency_keys_created_at_idx ON platform.idempotency_keys (created_at);
