-- Accounts, their credit, and the scans it pays for. No column anywhere holds a page's body, screenshot or DOM.

CREATE TABLE scanning.users (
  clerk_user_id text PRIMARY KEY,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  metadata      jsonb,
  -- Leads to the User of the same login.
  github_login  text GENERATED ALWAYS AS (lower(metadata ->> 'github_login')) STORED
);
CREATE INDEX users_github_login_idx ON scanning.users (github_login);
CREATE INDEX users_created_at_clerk_user_id_idx ON scanning.users (created_at, clerk_user_id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON scanning.users FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE scanning.wallets (
  id             uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id        text NOT NULL UNIQUE REFERENCES scanning.users,
  credit_balance integer NOT NULL DEFAULT 0 CHECK (credit_balance >= 0),
  created_at     timestamptz NOT NULL DEFAULT now(),
  updated_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX wallets_created_at_id_idx ON scanning.wallets (created_at, id);
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON scanning.wallets FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();

CREATE TABLE scanning.scan_jobs (
  id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  user_id          text NOT NULL REFERENCES scanning.users,
  url              text NOT NULL,
  state            text NOT NULL DEFAULT 'QUEUED' CHECK (state IN ('QUEUED', 'FETCHING', 'ANALYZING', 'COMPLETED', 'FAILED', 'TIMED_OUT')),
  created_at       timestamptz NOT NULL DEFAULT now(),
  updated_at       timestamptz NOT NULL DEFAULT now(),
  -- Raised by every state change; a change that expects another one is refused.
  version          integer NOT NULL DEFAULT 1 CHECK (version >= 1),
  price            integer NOT NULL DEFAULT 0 CHECK (price >= 0),
  refunded_at      timestamptz,
  client_key       text,
  input_hash       text,
  deadline_at      timestamptz,
  failure_reason   text,
  completed_at     timestamptz,
  worker           text,
  lease_token      uuid,
  lease_expires_at timestamptz,
  UNIQUE (user_id, client_key),
  CHECK ((client_key IS NULL) = (input_hash IS NULL)),
  CHECK (refunded_at IS NULL OR state IN ('FAILED', 'TIMED_OUT'))
);
CREATE INDEX scan_jobs_user_id_idx ON scanning.scan_jobs (user_id);
CREATE INDEX scan_jobs_state_idx ON scanning.scan_jobs (state);
CREATE INDEX scan_jobs_created_at_idx ON scanning.scan_jobs (created_at);
CREATE INDEX scan_jobs_user_id_created_at_idx ON scanning.scan_jobs (user_id, created_at);
CREATE INDEX scan_jobs_url_idx ON scanning.scan_jobs (url);
CREATE INDEX scan_jobs_user_id_created_at_id_idx ON scanning.scan_jobs (user_id, created_at, id);
CREATE INDEX scan_jobs_created_at_id_idx ON scanning.scan_jobs (created_at, id);
-- A worker reads the jobs that it has claimed.
CREATE INDEX scan_jobs_worker_created_at_id_idx ON scanning.scan_jobs (worker, created_at, id);
CREATE INDEX scan_jobs_claimable_idx ON scanning.scan_jobs (created_at, id) WHERE state = 'QUEUED';
CREATE INDEX scan_jobs_analyzable_idx ON scanning.scan_jobs (created_at, id) WHERE state = 'ANALYZING' AND lease_token IS NULL;
CREATE INDEX scan_jobs_leased_idx ON scanning.scan_jobs (lease_expires_at) WHERE lease_token IS NOT NULL;
CREATE INDEX scan_jobs_overdue_idx ON scanning.scan_jobs (deadline_at) WHERE state IN ('QUEUED', 'FETCHING', 'ANALYZING');
CREATE TRIGGER touch_updated_at BEFORE UPDATE ON scanning.scan_jobs FOR EACH ROW EXECUTE FUNCTION platform.touch_updated_at();
CREATE TRIGGER check_transition BEFORE UPDATE OF state ON scanning.scan_jobs FOR EACH ROW
  EXECUTE FUNCTION platform.check_transition('state',
    '{"QUEUED": ["FETCHING", "FAILED", "TIMED_OUT"], "FETCHING": ["ANALYZING", "FAILED", "TIMED_OUT"], "ANALYZING": ["COMPLETED", "FAILED", "TIMED_OUT"]}');

-- Headers are sanitised before they are written; this refuses what slipped through.
CREATE FUNCTION scanning.is_sanitized(headers jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT jsonb_typeof(headers) = 'object' AND NOT EXISTS (
    SELECT FROM jsonb_object_keys(headers) AS name WHERE name ~* '^(proxy-)?authorization$|cookie|token|api-?key')
$$;

CREATE TABLE scanning.scan_results (
  job_id            uuid PRIMARY KEY REFERENCES scanning.scan_jobs,
  risk_score        integer NOT NULL CHECK (risk_score BETWEEN 0 AND 100),
  categories        jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(categories) = 'array'),
  content_hash      text NOT NULL CHECK (content_hash ~ '^[0-9a-f]{64}$'),
  http_status       integer CHECK (http_status BETWEEN 100 AND 599),
  http_headers      jsonb NOT NULL DEFAULT '{}' CHECK (scanning.is_sanitized(http_headers)),
  content_type      text,
  model_used        text NOT NULL,
  analysis_metadata jsonb NOT NULL DEFAULT '{}',
  reasoning         text,
  indicators        jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(indicators) = 'array'),
  created_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX scan_results_risk_score_job_id_idx ON scanning.scan_results (risk_score, job_id);
CREATE INDEX scan_results_content_hash_idx ON scanning.scan_results (content_hash);
CREATE INDEX scan_results_created_at_job_id_idx ON scanning.scan_results (created_at, job_id);

-- No ON DELETE: a job that was accessed can't be deleted, because its access log can't.
CREATE TABLE scanning.audit_logs (
  id                      uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  scan_job_id             uuid NOT NULL REFERENCES scanning.scan_jobs,
  url_accessed            text NOT NULL,
  timestamp               timestamptz NOT NULL DEFAULT now(),
  -- null when nothing was received.
  content_hash            text CHECK (content_hash ~ '^[0-9a-f]{64}$'),
  http_status             integer CHECK (http_status BETWEEN 100 AND 599),
  http_headers            jsonb NOT NULL DEFAULT '{}' CHECK (scanning.is_sanitized(http_headers)),
  content_type            text,
  risk_assessment_summary jsonb
);
CREATE INDEX audit_logs_scan_job_id_idx ON scanning.audit_logs (scan_job_id);
CREATE INDEX audit_logs_timestamp_idx ON scanning.audit_logs (timestamp);
CREATE INDEX audit_logs_url_accessed_idx ON scanning.audit_logs (url_accessed);
CREATE INDEX audit_logs_scan_job_id_timestamp_idx ON scanning.audit_logs (scan_job_id, timestamp);
CREATE INDEX audit_logs_scan_job_id_timestamp_id_idx ON scanning.audit_logs (scan_job_id, timestamp, id);
CREATE INDEX audit_logs_timestamp_id_idx ON scanning.audit_logs (timestamp, id);
CALL platform.make_append_only('scanning.audit_logs');

CREATE TABLE scanning.credit_transactions (
  id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  -- The order of a wallet's transactions: taken while the wallet's row is locked.
  position      bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  wallet_id     uuid NOT NULL REFERENCES scanning.wallets,
  type          text NOT NULL CHECK (type IN ('GRANT', 'DEBIT', 'REFUND', 'ADJUSTMENT')),
  -- Signed: what it adds to the balance.
  amount        integer NOT NULL,
  balance_after integer NOT NULL CHECK (balance_after >= 0),
  reason        text NOT NULL,
  actor         text NOT NULL,
  scan_job_id   uuid REFERENCES scanning.scan_jobs,
  reference     text,
  client_key    text,
  created_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (wallet_id, client_key),
  CHECK (CASE type WHEN 'DEBIT' THEN amount < 0 WHEN 'ADJUSTMENT' THEN amount <> 0 ELSE amount > 0 END),
  CHECK (type NOT IN ('DEBIT', 'REFUND') OR scan_job_id IS NOT NULL)
);
CREATE INDEX credit_transactions_wallet_id_position_idx ON scanning.credit_transactions (wallet_id, position);
CREATE INDEX credit_transactions_wallet_id_created_at_id_idx ON scanning.credit_transactions (wallet_id, created_at, id);
CREATE INDEX credit_transactions_created_at_id_idx ON scanning.credit_transactions (created_at, id);
-- A job is charged once and refunded at most once.
CREATE UNIQUE INDEX credit_transactions_scan_job_id_type_key ON scanning.credit_transactions (scan_job_id, type);
CALL platform.make_append_only('scanning.credit_transactions');

-- balance = sum of transactions, kept by induction: each transaction goes on from the one before it, and at commit the
-- wallet stands where its last transaction left it. Both look at one row, however long the history.
CREATE FUNCTION scanning.check_balance_after() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  balance_before integer;
BEGIN
  -- Waits for whoever else is moving this wallet, so that "the one before" is known.
  PERFORM FROM scanning.wallets w WHERE w.id = NEW.wallet_id FOR NO KEY UPDATE;
  SELECT t.balance_after INTO balance_before FROM scanning.credit_transactions t
  WHERE t.wallet_id = NEW.wallet_id ORDER BY t.position DESC LIMIT 1;
  IF NEW.balance_after <> coalesce(balance_before, 0) + NEW.amount THEN
    RAISE EXCEPTION 'scanning.credit_transactions: balance_after is %, but the balance before was % and the amount is %',
      NEW.balance_after, coalesce(balance_before, 0), NEW.amount
      USING ERRCODE = 'WF004', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, COLUMN = 'balance_after';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_balance_after BEFORE INSERT ON scanning.credit_transactions FOR EACH ROW
  EXECUTE FUNCTION scanning.check_balance_after();

CREATE FUNCTION scanning.check_wallet_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  wallet uuid := CASE TG_TABLE_NAME WHEN 'wallets' THEN (to_jsonb(NEW) ->> 'id')::uuid ELSE (to_jsonb(NEW) ->> 'wallet_id')::uuid END;
  balance integer;
  sum_of_transactions integer;
BEGIN
  SELECT w.credit_balance, coalesce((SELECT t.balance_after FROM scanning.credit_transactions t
    WHERE t.wallet_id = w.id ORDER BY t.position DESC LIMIT 1), 0)
  INTO balance, sum_of_transactions FROM scanning.wallets w WHERE w.id = wallet;
  IF balance <> sum_of_transactions THEN
    RAISE EXCEPTION 'scanning.wallets: credit_balance is %, but its transactions sum to %', balance, sum_of_transactions
      USING ERRCODE = 'WF004', SCHEMA = 'scanning', TABLE = 'wallets', COLUMN = 'credit_balance';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER check_wallet_balance AFTER INSERT OR UPDATE OF credit_balance ON scanning.wallets
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION scanning.check_wallet_balance();
CREATE CONSTRAINT TRIGGER check_wallet_balance AFTER INSERT ON scanning.credit_transactions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION scanning.check_wallet_balance();
