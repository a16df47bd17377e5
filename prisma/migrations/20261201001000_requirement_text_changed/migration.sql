-- When the normative text of a requirement last changed: `updated_at` moves with statuses and ratings, too, and so with the approval itself.
ALTER TABLE traceability.requirements ADD COLUMN text_changed_at timestamptz NOT NULL DEFAULT now();

-- Of changes until now only the last of any kind is known. Setting it is none.
ALTER TABLE traceability.requirements DISABLE TRIGGER touch_updated_at;
UPDATE traceability.requirements SET text_changed_at = updated_at;
ALTER TABLE traceability.requirements ENABLE TRIGGER touch_updated_at;

CREATE FUNCTION traceability.touch_text_changed_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.text_changed_at := now();
  RETURN NEW;
END $$;
-- A row without a fingerprint was written before there were any: what it said then is not known to have changed.
CREATE TRIGGER touch_text_changed_at BEFORE UPDATE ON traceability.requirements
  FOR EACH ROW WHEN (OLD.fingerprint <> NEW.fingerprint) EXECUTE FUNCTION traceability.touch_text_changed_at();
