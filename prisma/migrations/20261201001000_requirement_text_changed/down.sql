DROP TRIGGER touch_text_changed_at ON traceability.requirements;
DROP FUNCTION traceability.touch_text_changed_at();
ALTER TABLE traceability.requirements DROP COLUMN text_changed_at;
