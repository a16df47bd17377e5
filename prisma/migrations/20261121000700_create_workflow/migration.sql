-- Work orders and their items, the runs of workflow templates that make them, approvals, memory, and the platform's tools.

CREATE TYPE workflow.work_order_status AS ENUM ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED');
CREATE TYPE workflow.priority AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'URGENT');
CREATE TYPE workflow.work_item_type AS ENUM ('INVOICE', 'TICKET', 'STATUS_REPORT');
CREATE TYPE workflow.work_item_status AS ENUM ('QUEUED', 'PROCESSING', 'COMPLETED', 'FAILED');
CREATE TYPE workflow.attempt_status AS ENUM ('STARTED', 'COMPLETED', 'FAILED', 'TIMEOUT');
CREATE TYPE workflow.mem_doc_type AS ENUM ('CONTEXT', 'KNOWLEDGE', 'TEMPLATE');
CREATE TYPE workflow.approval_decision AS ENUM ('APPROVED', 'REJECTED', 'ESCALATED');
CREATE TYPE workflow.connector_type AS ENUM ('SLACK', 'EMAIL', 'API', 'DATABASE');
CREATE TYPE workflow.connector_status AS ENUM ('ACTIVE', 'INACTIVE', 'ERROR');

CREATE TABLE workflow.connectors (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name                 text NOT NULL UNIQUE,
  type                 workflow.connector_type NOT NULL,
  status               workflow.connector_status NOT NULL DEFAULT 'INACTIVE',
  -- Without secrets: those are encrypted beside it and never leave.
  config               jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(config) = 'object'),
  secrets              text,
  secrets_key_id       text,
  last_checked_at      timestamptz,
  last_error           text,
  consecutive_failures integer NOT NULL DEFAULT 0 CHECK (consecutive_failures >= 0),
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  CHECK ((secrets IS NULL) = (secrets_key_id IS NULL))
);
CREATE INDEX connectors_type_status_idx ON workflow.connectors (type, status);
CREATE INDEX connectors_created_at_id_idx ON workflow.connectors (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON workflow.connectors FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE workflow.tools (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  connector_id  uuid REFERENCES workflow.connectors ON DELETE CASCADE,
  name          text NOT NULL UNIQUE,
  description   text,
  -- JSON Schema, draft 2020-12.
  input_schema  jsonb NOT NULL DEFAULT '{}',
  output_schema jsonb,
  is_active     boolean NOT NULL DEFAULT true,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tools_connector_id_name_id_idx ON workflow.tools (connector_id, name, id);
CREATE INDEX tools_created_at_id_idx ON workflow.tools (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON workflow.tools FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE workflow.capabilities (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name        text NOT NULL UNIQUE,
  -- The scope that a caller's token must hold.
  scope       text NOT NULL,
  description text,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX capabilities_scope_idx ON workflow.capabilities (scope);

CREATE TABLE workflow.tool_capabilities (
  tool_id       uuid NOT NULL REFERENCES workflow.tools ON DELETE CASCADE,
  capability_id uuid NOT NULL REFERENCES workflow.capabilities ON DELETE CASCADE,
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tool_id, capability_id)
);
CREATE INDEX tool_capabilities_capability_id_idx ON workflow.tool_capabilities (capability_id);

CREATE TABLE workflow.schemas (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name          text NOT NULL,
  version       integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  document_type workflow.work_item_type,
  -- JSON Schema, draft 2020-12.
  definition    jsonb NOT NULL,
  is_active     boolean NOT NULL DEFAULT true,
  created_by    text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (name, version)
);
CREATE INDEX schemas_document_type_name_version_idx ON workflow.schemas (document_type, name, version);
CREATE INDEX schemas_created_at_id_idx ON workflow.schemas (created_at, id);

CREATE TABLE workflow.workflow_templates (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name        text NOT NULL,
  version     integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  description text,
  -- A directed acyclic graph of steps.
  spec        jsonb NOT NULL CHECK (jsonb_typeof(spec) = 'object'),
  is_active   boolean NOT NULL DEFAULT true,
  created_by  text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  updated_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (name, version)
);
CREATE INDEX workflow_templates_created_at_id_idx ON workflow.workflow_templates (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON workflow.workflow_templates FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE workflow.work_orders (
  id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  title          text,
  -- What its items say; see derive_work_order_status below.
  status         workflow.work_order_status NOT NULL DEFAULT 'PENDING',
  priority       workflow.priority NOT NULL DEFAULT 'MEDIUM',
  metadata       jsonb NOT NULL DEFAULT '{}',
  workflow_state jsonb NOT NULL DEFAULT '{}',
  requested_by   text,
  client_key     text,
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now(),
  completed_at   timestamptz,
  UNIQUE (requested_by, client_key)
);
CREATE INDEX work_orders_status_priority_created_at_id_idx ON workflow.work_orders (status, priority, created_at, id);
CREATE INDEX work_orders_created_at_id_idx ON workflow.work_orders (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON workflow.work_orders FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

-- One execution of one template version for one work order. No ON DELETE on the template: a version that ran stays.
CREATE TABLE workflow.runs (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  work_order_id        uuid NOT NULL REFERENCES workflow.work_orders ON DELETE CASCADE,
  workflow_template_id uuid NOT NULL REFERENCES workflow.workflow_templates,
  status               text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'FAILED', 'CANCELLED')),
  input                jsonb NOT NULL DEFAULT '{}',
  output               jsonb,
  error                text,
  version              integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  -- Budget, and what is spent of it; null is unlimited.
  max_attempts         integer CHECK (max_attempts >= 0),
  max_tokens           bigint CHECK (max_tokens >= 0),
  max_cost             numeric(14,6) CHECK (max_cost >= 0),
  attempts_used        integer NOT NULL DEFAULT 0 CHECK (attempts_used >= 0),
  tokens_used          bigint NOT NULL DEFAULT 0 CHECK (tokens_used >= 0),
  cost_used            numeric(14,6) NOT NULL DEFAULT 0 CHECK (cost_used >= 0),
  deadline_at          timestamptz,
  started_by           text,
  started_at           timestamptz,
  completed_at         timestamptz,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now(),
  -- The orchestrator that is moving it; another one takes over when the lease is past.
  lease_token          uuid,
  lease_expires_at     timestamptz,
  next_check_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX runs_work_order_id_created_at_id_idx ON workflow.runs (work_order_id, created_at, id);
CREATE INDEX runs_workflow_template_id_created_at_id_idx ON workflow.runs (workflow_template_id, created_at, id);
CREATE INDEX runs_status_created_at_id_idx ON workflow.runs (status, created_at, id);
CREATE INDEX runs_created_at_id_idx ON workflow.runs (created_at, id);
CREATE INDEX runs_to_move_idx ON workflow.runs (next_check_at, id) WHERE status IN ('PENDING', 'RUNNING');
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON workflow.runs FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();
CREATE TRIGGER check_transition BEFORE UPDATE OF status ON workflow.runs FOR EACH ROW
  EXECUTE FUNCTION platform.check_transition('status',
    '{"PENDING": ["RUNNING", "CANCELLED", "FAILED"], "RUNNING": ["PAUSED", "COMPLETED", "FAILED", "CANCELLED"], "PAUSED": ["RUNNING", "CANCELLED", "FAILED"], "FAILED": ["RUNNING"]}');

CREATE FUNCTION workflow.refuse_template_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM workflow.runs r WHERE r.workflow_template_id = OLD.id) THEN
    RAISE EXCEPTION 'workflow.workflow_templates: version % of % has been run and is immutable: save a new version', OLD.version, OLD.name
      USING ERRCODE = 'WF001', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE OF name, version, spec ON workflow.workflow_templates FOR EACH ROW
  WHEN ((OLD.name, OLD.version, OLD.spec) IS DISTINCT FROM (NEW.name, NEW.version, NEW.spec))
  EXECUTE FUNCTION workflow.refuse_template_change();

CREATE TABLE workflow.run_steps (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  run_id       uuid NOT NULL REFERENCES workflow.runs ON DELETE CASCADE,
  step_key     text NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('WORK', 'TOOL_CALL', 'APPROVAL', 'EVALUATION', 'FAN_OUT', 'JOIN')),
  status       text NOT NULL DEFAULT 'BLOCKED' CHECK (status IN ('BLOCKED', 'READY', 'RUNNING', 'COMPLETED', 'FAILED', 'SKIPPED', 'CANCELLED')),
  input        jsonb,
  output       jsonb,
  error        text,
  -- Items of the step that are not final yet: the last one to finish finds zero and releases the next step.
  open_items   integer NOT NULL DEFAULT 0 CHECK (open_items >= 0),
  started_at   timestamptz,
  completed_at timestamptz,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  UNIQUE (run_id, step_key)
);
CREATE INDEX run_steps_run_id_created_at_id_idx ON workflow.run_steps (run_id, created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON workflow.run_steps FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

-- What a fan-out step goes through: each element passes the steps within it on its own.
CREATE TABLE workflow.run_elements (
  run_step_id uuid NOT NULL REFERENCES workflow.run_steps ON DELETE CASCADE,
  -- That of the element's items.
  item_key    text NOT NULL,
  content     jsonb NOT NULL,
  status      text NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'COMPLETED', 'FAILED')),
  error       text,
  PRIMARY KEY (run_step_id, item_key)
);

CREATE TABLE workflow.work_items (
  id                    uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  work_order_id         uuid NOT NULL REFERENCES workflow.work_orders ON DELETE CASCADE,
  run_id                uuid REFERENCES workflow.runs ON DELETE CASCADE,
  run_step_id           uuid REFERENCES workflow.run_steps ON DELETE CASCADE,
  -- Distinguishes the items of one step, so that releasing a step twice makes them once.
  item_key              text,
  schema_id             uuid REFERENCES workflow.schemas,
  type                  workflow.work_item_type NOT NULL,
  status                workflow.work_item_status NOT NULL DEFAULT 'QUEUED',
  priority              workflow.priority NOT NULL DEFAULT 'MEDIUM',
  -- Bounded, because its full-text vector may not exceed 1 MB. Documents belong in a store, with their id here.
  content               jsonb NOT NULL CHECK (octet_length(content::text) <= 262144),
  result                jsonb,
  error                 text,
  -- Global id of anything in the graph that the item is about.
  subject_id            text,
  required_capabilities text[] NOT NULL DEFAULT '{}',
  requires_approval     boolean NOT NULL DEFAULT false,
  approval_status       text NOT NULL DEFAULT 'NOT_REQUIRED' CHECK (approval_status IN ('NOT_REQUIRED', 'PENDING', 'APPROVED', 'REJECTED')),
  retry_count           integer NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
  max_retries           integer NOT NULL DEFAULT 3 CHECK (max_retries >= 0),
  -- Policy, its version, and the level that a decision needs; for an item that needs one.
  approval_terms        jsonb CHECK (approval_terms IS NULL OR requires_approval),
  -- The back-off and the budget of the step's policy.
  retry_policy          jsonb NOT NULL DEFAULT '{}',
  attempt_seconds       integer NOT NULL DEFAULT 300 CHECK (attempt_seconds > 0),
  next_attempt_at       timestamptz NOT NULL DEFAULT now(),
  -- A claim takes the smallest. A higher priority is a head start of minutes and no more, so LOW waits a bounded time
  -- under any flood of URGENT. By way of UTC, because arithmetic on timestamptz depends on the session's time zone.
  claim_order           timestamptz NOT NULL GENERATED ALWAYS AS ((next_attempt_at AT TIME ZONE 'UTC' - CASE priority
    WHEN 'URGENT' THEN interval '15 minutes' WHEN 'HIGH' THEN interval '5 minutes'
    WHEN 'MEDIUM' THEN interval '1 minute' ELSE interval '0' END) AT TIME ZONE 'UTC') STORED,
  claimed_by            text,
  lease_token           uuid,
  lease_expires_at      timestamptz,
  version               integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at            timestamptz NOT NULL DEFAULT now(),
  updated_at            timestamptz NOT NULL DEFAULT now(),
  completed_at          timestamptz,
  UNIQUE (run_step_id, item_key),
  CHECK ((lease_token IS NULL) = (lease_expires_at IS NULL)),
  CHECK (lease_token IS NULL OR status = 'PROCESSING'),
  CHECK (requires_approval = (approval_status <> 'NOT_REQUIRED')),
  CHECK (status <> 'COMPLETED' OR approval_status IN ('NOT_REQUIRED', 'APPROVED'))
);
CREATE INDEX work_items_work_order_id_created_at_id_idx ON workflow.work_items (work_order_id, created_at, id);
CREATE INDEX work_items_work_order_id_status_idx ON workflow.work_items (work_order_id, status);
CREATE INDEX work_items_run_id_created_at_id_idx ON workflow.work_items (run_id, created_at, id);
CREATE INDEX work_items_schema_id_idx ON workflow.work_items (schema_id);
CREATE INDEX work_items_subject_id_created_at_id_idx ON workflow.work_items (subject_id, created_at, id);
CREATE INDEX work_items_type_status_created_at_id_idx ON workflow.work_items (type, status, created_at, id);
CREATE INDEX work_items_status_priority_created_at_id_idx ON workflow.work_items (status, priority, created_at, id);
CREATE INDEX work_items_created_at_id_idx ON workflow.work_items (created_at, id);
CREATE INDEX work_items_claimable_idx ON workflow.work_items (type, claim_order, id) WHERE status = 'QUEUED';
CREATE INDEX work_items_leased_idx ON workflow.work_items (lease_expires_at) WHERE lease_token IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON workflow.work_items FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();
CREATE TRIGGER check_transition BEFORE UPDATE OF status ON workflow.work_items FOR EACH ROW
  EXECUTE FUNCTION platform.check_transition('status',
    '{"QUEUED": ["PROCESSING", "FAILED"], "PROCESSING": ["QUEUED", "COMPLETED", "FAILED"], "FAILED": ["QUEUED"]}');

-- A work order's status is what its items say: it can't be set by hand, and it can't be late.
CREATE FUNCTION workflow.work_order_status_of(work_order uuid) RETURNS workflow.work_order_status LANGUAGE sql STABLE AS $$
  -- Probes of one index instead of a count: an order may have 100,000 items, and each of them asks when it finishes.
  SELECT CASE
    WHEN EXISTS (SELECT FROM workflow.work_items WHERE work_order_id = work_order AND status = 'PROCESSING') THEN 'PROCESSING'
    WHEN EXISTS (SELECT FROM workflow.work_items WHERE work_order_id = work_order AND status = 'QUEUED') THEN
      CASE WHEN EXISTS (SELECT FROM workflow.work_items WHERE work_order_id = work_order AND status IN ('COMPLETED', 'FAILED'))
        THEN 'PROCESSING' ELSE 'PENDING' END
    WHEN EXISTS (SELECT FROM workflow.work_items WHERE work_order_id = work_order AND status = 'FAILED') THEN 'FAILED'
    WHEN EXISTS (SELECT FROM workflow.work_items WHERE work_order_id = work_order) THEN 'COMPLETED'
    ELSE 'PENDING'
  END::workflow.work_order_status
$$;

CREATE FUNCTION workflow.check_work_order_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status <> workflow.work_order_status_of(NEW.id) THEN
    RAISE EXCEPTION 'workflow.work_orders: status follows from the items and cannot be set to %', NEW.status
      USING ERRCODE = 'WF004', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = 'status';
  END IF;
  NEW.completed_at := CASE WHEN NEW.status IN ('COMPLETED', 'FAILED') THEN coalesce(NEW.completed_at, now()) END;
  RETURN NEW;
END $$;
CREATE TRIGGER check_status BEFORE INSERT OR UPDATE OF status ON workflow.work_orders FOR EACH ROW
  EXECUTE FUNCTION workflow.check_work_order_status();

CREATE FUNCTION workflow.derive_work_order_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  orders uuid[];
BEGIN
  IF TG_OP = 'UPDATE' THEN
    -- By how many items of each status an order has more or fewer: what adds up to nothing can't change it. Summed, not
    -- joined by id, because the planner knows nothing of these tables and would compare each row with each. A claim says
    -- nothing new about an order that is already being worked on, and need not wait for its row.
    SELECT array_agg(changed.work_order_id) INTO orders FROM (
      SELECT c.work_order_id
      FROM (
        SELECT work_order_id, status, sum(n) AS more FROM (
          SELECT work_order_id, status, 1 AS n FROM new_items UNION ALL SELECT work_order_id, status, -1 FROM old_items
        ) both_sides GROUP BY work_order_id, status HAVING sum(n) <> 0
      ) c JOIN workflow.work_orders w ON w.id = c.work_order_id
      GROUP BY c.work_order_id, w.status
      HAVING NOT (w.status = 'PROCESSING' AND bool_and(c.status IN ('QUEUED', 'PROCESSING') AND (c.status = 'PROCESSING') = (c.more > 0)))
    ) changed;
  ELSIF TG_OP = 'INSERT' THEN
    SELECT array_agg(DISTINCT work_order_id) INTO orders FROM new_items;
  ELSE
    SELECT array_agg(DISTINCT work_order_id) INTO orders FROM old_items;
  END IF;
  IF orders IS NULL THEN
    RETURN NULL;
  END IF;
  -- Lock first, then look: whoever finishes another item of the order at this moment is either already visible to the
  -- next statement, or waits here and sees this one.
  PERFORM FROM workflow.work_orders w WHERE w.id = ANY (orders) ORDER BY w.id FOR NO KEY UPDATE;
  UPDATE workflow.work_orders w SET status = workflow.work_order_status_of(w.id)
  WHERE w.id = ANY (orders) AND w.status <> workflow.work_order_status_of(w.id);
  RETURN NULL;
END $$;
CREATE TRIGGER derive_status_on_insert AFTER INSERT ON workflow.work_items REFERENCING NEW TABLE AS new_items
  FOR EACH STATEMENT EXECUTE FUNCTION workflow.derive_work_order_status();
CREATE TRIGGER derive_status_on_update AFTER UPDATE ON workflow.work_items REFERENCING NEW TABLE AS new_items OLD TABLE AS old_items
  FOR EACH STATEMENT EXECUTE FUNCTION workflow.derive_work_order_status();
CREATE TRIGGER derive_status_on_delete AFTER DELETE ON workflow.work_items REFERENCING OLD TABLE AS old_items
  FOR EACH STATEMENT EXECUTE FUNCTION workflow.derive_work_order_status();

CREATE TABLE workflow.attempts (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  work_item_id  uuid NOT NULL REFERENCES workflow.work_items ON DELETE CASCADE,
  number        integer NOT NULL DEFAULT 1 CHECK (number >= 1),
  status        workflow.attempt_status NOT NULL DEFAULT 'STARTED',
  agent_id      text NOT NULL,
  model         text,
  input         jsonb,
  output        jsonb,
  error         text,
  started_at    timestamptz NOT NULL DEFAULT now(),
  finished_at   timestamptz,
  deadline_at   timestamptz,
  input_tokens  bigint CHECK (input_tokens >= 0),
  output_tokens bigint CHECK (output_tokens >= 0),
  cost          numeric(14,6) CHECK (cost >= 0),
  UNIQUE (work_item_id, number),
  CHECK ((status = 'STARTED') = (finished_at IS NULL))
);
CREATE INDEX attempts_work_item_id_started_at_id_idx ON workflow.attempts (work_item_id, started_at, id);
CREATE INDEX attempts_status_started_at_id_idx ON workflow.attempts (status, started_at, id);
CREATE INDEX attempts_model_started_at_idx ON workflow.attempts (model, started_at);
CREATE INDEX attempts_started_at_id_idx ON workflow.attempts (started_at, id);
CREATE INDEX attempts_overdue_idx ON workflow.attempts (deadline_at) WHERE status = 'STARTED';
CREATE TRIGGER check_transition BEFORE UPDATE OF status ON workflow.attempts FOR EACH ROW
  EXECUTE FUNCTION platform.check_transition('status', '{"STARTED": ["COMPLETED", "FAILED", "TIMEOUT"]}');

CREATE TABLE workflow.tool_calls (
  id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  attempt_id  uuid NOT NULL REFERENCES workflow.attempts ON DELETE CASCADE,
  tool_id     uuid NOT NULL REFERENCES workflow.tools ON DELETE CASCADE,
  called_by   text NOT NULL,
  input       jsonb NOT NULL,
  output      jsonb,
  error       text,
  called_at   timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
);
CREATE INDEX tool_calls_attempt_id_called_at_id_idx ON workflow.tool_calls (attempt_id, called_at, id);
CREATE INDEX tool_calls_tool_id_called_at_id_idx ON workflow.tool_calls (tool_id, called_at, id);

CREATE TABLE workflow.mem_docs (
  id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  type       workflow.mem_doc_type NOT NULL,
  title      text,
  content    text NOT NULL,
  -- idx_mem_docs_embedding is made at boot, because its kind differs between the engines.
  embedding  vector(1536),
  metadata   jsonb NOT NULL DEFAULT '{}',
  run_id     uuid REFERENCES workflow.runs ON DELETE SET NULL,
  expires_at timestamptz,
  created_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX mem_docs_type_created_at_id_idx ON workflow.mem_docs (type, created_at, id);
CREATE INDEX mem_docs_run_id_created_at_id_idx ON workflow.mem_docs (run_id, created_at, id);
CREATE INDEX mem_docs_created_at_id_idx ON workflow.mem_docs (created_at, id);
CREATE INDEX mem_docs_expires_at_idx ON workflow.mem_docs (expires_at) WHERE expires_at IS NOT NULL;
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON workflow.mem_docs FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

-- The rules under which a decision was taken, by the version that the decision names.
CREATE TABLE workflow.approval_policies (
  name                   text NOT NULL,
  version                integer NOT NULL CHECK (version >= 1),
  description            text,
  max_level              integer NOT NULL DEFAULT 1 CHECK (max_level >= 1),
  escalate_after_seconds integer CHECK (escalate_after_seconds > 0),
  is_active              boolean NOT NULL DEFAULT true,
  created_at             timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (name, version)
);

CREATE TABLE workflow.approval_requests (
  id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  work_item_id   uuid NOT NULL REFERENCES workflow.work_items,
  policy_name    text NOT NULL,
  policy_version integer NOT NULL,
  status         text NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'APPROVED', 'REJECTED', 'WITHDRAWN')),
  required_level integer NOT NULL DEFAULT 1 CHECK (required_level >= 1),
  requested_by   text,
  requested_at   timestamptz NOT NULL DEFAULT now(),
  escalates_at   timestamptz,
  decided_at     timestamptz,
  version        integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  FOREIGN KEY (policy_name, policy_version) REFERENCES workflow.approval_policies,
  CHECK ((status = 'OPEN') = (decided_at IS NULL))
);
CREATE INDEX approval_requests_work_item_id_requested_at_id_idx ON workflow.approval_requests (work_item_id, requested_at, id);
CREATE INDEX approval_requests_policy_name_policy_version_idx ON workflow.approval_requests (policy_name, policy_version);
CREATE INDEX approval_requests_status_requested_at_id_idx ON workflow.approval_requests (status, requested_at, id);
CREATE UNIQUE INDEX approval_requests_open_key ON workflow.approval_requests (work_item_id) WHERE status = 'OPEN';
CREATE INDEX approval_requests_to_escalate_idx ON workflow.approval_requests (escalates_at) WHERE status = 'OPEN';
CREATE TRIGGER check_transition BEFORE UPDATE OF status ON workflow.approval_requests FOR EACH ROW
  EXECUTE FUNCTION platform.check_transition('status', '{"OPEN": ["APPROVED", "REJECTED", "WITHDRAWN"]}');

-- Signatures in the sense of 21 CFR Part 11. They outlive everything: no ON DELETE CASCADE leads here, so an item with a
-- decision on it, and its order, can't be deleted.
CREATE TABLE workflow.approval_events (
  id                  uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  work_item_id        uuid NOT NULL REFERENCES workflow.work_items,
  approval_request_id uuid REFERENCES workflow.approval_requests,
  approver_id         text NOT NULL,
  printed_name        text NOT NULL,
  decision            workflow.approval_decision NOT NULL,
  -- What the signature means, in words: "I have reviewed the amount and approve the payment".
  meaning             text NOT NULL,
  reason              text,
  policy_name         text NOT NULL,
  policy_version      integer NOT NULL,
  level               integer NOT NULL DEFAULT 1 CHECK (level >= 1),
  created_at          timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (policy_name, policy_version) REFERENCES workflow.approval_policies
);
CREATE INDEX approval_events_work_item_id_created_at_id_idx ON workflow.approval_events (work_item_id, created_at, id);
CREATE INDEX approval_events_approver_id_created_at_id_idx ON workflow.approval_events (approver_id, created_at, id);
CREATE INDEX approval_events_policy_name_policy_version_idx ON workflow.approval_events (policy_name, policy_version);
CREATE INDEX approval_events_approval_request_id_idx ON workflow.approval_events (approval_request_id);
CREATE INDEX approval_events_created_at_id_idx ON workflow.approval_events (created_at, id);
-- Decided once, whatever races.
CREATE UNIQUE INDEX approval_events_final_key ON workflow.approval_events (approval_request_id) WHERE decision IN ('APPROVED', 'REJECTED');
CALL platform.make_append_only('workflow.approval_events');

-- Four eyes: whoever asked for the work or for the decision doesn't decide, nor who has claimed the item, now or in an
-- earlier attempt, nor who worked on an earlier step of the same run for the same element.
CREATE FUNCTION workflow.may_decide(work_item uuid, request uuid, approver text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT NOT (
    EXISTS (SELECT FROM workflow.work_items i WHERE i.id = work_item AND i.claimed_by = approver)
    OR EXISTS (SELECT FROM workflow.attempts a WHERE a.work_item_id = work_item AND a.agent_id = approver)
    OR EXISTS (SELECT FROM workflow.approval_requests r WHERE r.id = request AND r.requested_by = approver)
    OR EXISTS (SELECT FROM workflow.work_items i JOIN workflow.work_orders o ON o.id = i.work_order_id
      WHERE i.id = work_item AND o.requested_by = approver)
    OR EXISTS (SELECT FROM workflow.work_items i JOIN workflow.runs r ON r.id = i.run_id
      WHERE i.id = work_item AND r.started_by = approver)
    OR EXISTS (SELECT FROM workflow.work_items i JOIN workflow.run_steps s ON s.run_id = i.run_id
      JOIN workflow.work_items other ON other.run_step_id = s.id AND other.item_key = i.item_key
      JOIN workflow.attempts a ON a.work_item_id = other.id
      WHERE i.id = work_item AND a.agent_id = approver))
$$;

CREATE FUNCTION workflow.check_four_eyes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT workflow.may_decide(NEW.work_item_id, NEW.approval_request_id, NEW.approver_id) THEN
    RAISE EXCEPTION 'workflow.approval_events: who asked for a work item or worked on it cannot decide on it'
      USING ERRCODE = 'WF003', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = 'approver_id';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_four_eyes BEFORE INSERT ON workflow.approval_events FOR EACH ROW EXECUTE FUNCTION workflow.check_four_eyes();

-- The payload and the reason outlive the item.
CREATE TABLE workflow.dead_letters (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  work_item_id  uuid REFERENCES workflow.work_items ON DELETE SET NULL,
  source        text NOT NULL,
  event_type    text NOT NULL,
  payload       jsonb NOT NULL,
  error         text NOT NULL,
  retry_count   integer NOT NULL DEFAULT 0 CHECK (retry_count >= 0),
  redrive_count integer NOT NULL DEFAULT 0 CHECK (redrive_count >= 0),
  redriven_at   timestamptz,
  redriven_by   text,
  resolved_at   timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dead_letters_work_item_id_created_at_id_idx ON workflow.dead_letters (work_item_id, created_at, id);
CREATE INDEX dead_letters_created_at_id_idx ON workflow.dead_letters (created_at, id);
CREATE UNIQUE INDEX dead_letters_open_key ON workflow.dead_letters (work_item_id) WHERE resolved_at IS NULL;
CREATE INDEX dead_letters_open_idx ON workflow.dead_letters (created_at, id) WHERE resolved_at IS NULL;

CREATE TABLE workflow.eval_results (
  id           uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  work_item_id uuid NOT NULL REFERENCES workflow.work_items ON DELETE CASCADE,
  attempt_id   uuid REFERENCES workflow.attempts ON DELETE SET NULL,
  evaluator    text NOT NULL,
  metric       text NOT NULL DEFAULT 'overall',
  score        numeric(5,4) NOT NULL CHECK (score BETWEEN 0 AND 1),
  passed       boolean NOT NULL,
  details      jsonb NOT NULL DEFAULT '{}',
  created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX eval_results_work_item_id_created_at_id_idx ON workflow.eval_results (work_item_id, created_at, id);
CREATE INDEX eval_results_attempt_id_idx ON workflow.eval_results (attempt_id);
CREATE INDEX eval_results_evaluator_created_at_id_idx ON workflow.eval_results (evaluator, created_at, id);
CREATE INDEX eval_results_created_at_id_idx ON workflow.eval_results (created_at, id);
