DROP TABLE scanning.credit_transactions, scanning.audit_logs, scanning.scan_results, scanning.scan_jobs, scanning.wallets,
  scanning.users;
DROP FUNCTION scanning.check_wallet_balance, scanning.check_balance_after, scanning.is_sanitized;
