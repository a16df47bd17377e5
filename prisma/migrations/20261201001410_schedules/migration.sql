-- Runs that start by the clock: when, what, and what came of each time.
CREATE TABLE workflow.schedules (
  id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name                 text NOT NULL UNIQUE CHECK (char_length(name) BETWEEN 1 AND 200),
  cron                 text NOT NULL,
  time_zone            text NOT NULL DEFAULT 'UTC',
  catch_up             text NOT NULL DEFAULT 'LATEST' CHECK (catch_up IN ('NONE', 'LATEST', 'ALL')),
  is_active            boolean NOT NULL DEFAULT true,
  workflow_template_id uuid NOT NULL REFERENCES workflow.workflow_templates,
  title                text,
  priority             workflow.priority NOT NULL DEFAULT 'MEDIUM',
  input                jsonb NOT NULL DEFAULT '{}',
  -- Who asked for what it starts: four eyes holds for them.
  owner                text NOT NULL,
  -- Null: its times are over.
  next_fire_at         timestamptz,
  created_at           timestamptz NOT NULL DEFAULT now(),
  updated_at           timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX schedules_next_fire_at_idx ON workflow.schedules (next_fire_at) WHERE is_active;
CREATE INDEX schedules_workflow_template_id_idx ON workflow.schedules (workflow_template_id);
CREATE INDEX schedules_created_at_id_idx ON workflow.schedules (created_at, id);

CREATE TABLE workflow.schedule_firings (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  schedule_id   uuid NOT NULL REFERENCES workflow.schedules ON DELETE CASCADE,
  scheduled_for timestamptz NOT NULL,
  fired_at      timestamptz NOT NULL DEFAULT now(),
  run_id        uuid REFERENCES workflow.runs ON DELETE SET NULL,
  error         text,
  -- No time starts twice, whoever looks at whichever clock.
  CONSTRAINT schedule_firings_schedule_id_scheduled_for_key UNIQUE (schedule_id, scheduled_for)
);
CREATE INDEX schedule_firings_run_id_idx ON workflow.schedule_firings (run_id);
CREATE INDEX schedule_firings_fired_at_id_idx ON workflow.schedule_firings (fired_at, id);
