-- What the payload of evidence says came out: a good signature under a test run that failed proves nothing. Null is evidence
-- that was stored before results were read; the next scan of its repository reads them, also when no file has changed.
ALTER TABLE traceability.evidence
  ADD COLUMN result text CONSTRAINT evidence_result_check CHECK (result IN ('PASS', 'FAIL', 'PENDING', 'UNKNOWN')),
  ADD COLUMN result_reason text;
