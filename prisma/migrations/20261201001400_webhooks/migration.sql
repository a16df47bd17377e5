-- Who is told of changes, what each is to be told, and what became of it.
CREATE TABLE platform.webhook_endpoints (
  id                     uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name                   text NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 200),
  url                    text NOT NULL CHECK (char_length(url) <= 2048),
  status                 text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'PAUSED', 'GONE', 'EXPIRED')),
  -- The filter of `changes`; null asks nothing.
  types                  text[],
  actions                text[],
  repository             text,
  document_id            text CHECK (char_length(document_id) BETWEEN 1 AND 200),
  -- With whose eyes changes are chosen: what they may see is decided anew for each.
  owner                  text NOT NULL,
  scopes                 text[] NOT NULL DEFAULT '{}',
  secret                 text NOT NULL,
  secret_key_id          text NOT NULL,
  -- Signs as well for a while after a rotation, so that a receiver can change at leisure.
  previous_secret        text,
  previous_secret_key_id text,
  previous_secret_until  timestamptz,
  -- Every change up to here has its message, or none is wanted.
  position               bigint NOT NULL CHECK (position >= 0),
  -- Counts saves: what was read under an older filter is not written under a newer one.
  revision               integer NOT NULL DEFAULT 1,
  consecutive_failures   integer NOT NULL DEFAULT 0,
  circuit_open_until     timestamptz,
  created_at             timestamptz NOT NULL DEFAULT now(),
  updated_at             timestamptz NOT NULL DEFAULT now(),
  CHECK ((previous_secret IS NULL) = (previous_secret_key_id IS NULL)),
  CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL))
);
CREATE INDEX webhook_endpoints_created_at_id_idx ON platform.webhook_endpoints (created_at, id);

CREATE TABLE platform.webhook_messages (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  endpoint_id     uuid NOT NULL REFERENCES platform.webhook_endpoints ON DELETE CASCADE,
  position        bigint NOT NULL,
  entity_type     text NOT NULL,
  entity_id       text NOT NULL,
  action          text NOT NULL,
  repository      text,
  occurred_at     timestamptz NOT NULL,
  status          text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'DELIVERED', 'DEAD')),
  attempts        integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  lease_token     uuid,
  lease_until     timestamptz,
  last_error      text,
  finished_at     timestamptz,
  created_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT webhook_messages_endpoint_id_position_key UNIQUE (endpoint_id, position),
  CHECK ((lease_token IS NULL) = (lease_until IS NULL)),
  CHECK (status = 'PENDING' OR lease_token IS NULL),
  CHECK ((status = 'PENDING') = (finished_at IS NULL))
);
-- What waits, in order; and whether something earlier of the same entity does.
CREATE INDEX webhook_messages_waiting_idx ON platform.webhook_messages (endpoint_id, position) WHERE status = 'PENDING';
CREATE INDEX webhook_messages_entity_idx ON platform.webhook_messages (endpoint_id, entity_id, position) WHERE status = 'PENDING';
CREATE INDEX webhook_messages_leased_idx ON platform.webhook_messages (endpoint_id, lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX webhook_messages_finished_at_idx ON platform.webhook_messages (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX webhook_messages_created_at_id_idx ON platform.webhook_messages (created_at, id);

CREATE TABLE platform.webhook_attempts (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  message_id  uuid NOT NULL REFERENCES platform.webhook_messages ON DELETE CASCADE,
  number      integer NOT NULL CHECK (number >= 1),
  started_at  timestamptz NOT NULL,
  duration_ms integer NOT NULL CHECK (duration_ms >= 0),
  http_status integer,
  -- The beginning of what was answered, for whoever looks for the fault.
  answer      text CHECK (char_length(answer) <= 1000),
  error       text
);
CREATE INDEX webhook_attempts_message_id_started_at_idx ON platform.webhook_attempts (message_id, started_at);
CREATE INDEX webhook_attempts_started_at_id_idx ON platform.webhook_attempts (started_at, id);
