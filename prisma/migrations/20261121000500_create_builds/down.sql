DROP TABLE builds.build_logs, builds.builds, builds.contract_versions, builds.project_contracts, builds.projects,
  builds.audit_checks, builds.audit_runs, builds.webhook_deliveries, builds.repos, builds.users;
DROP FUNCTION builds.number_log_line, builds.check_contracts_ready, builds.keep_contract_version,
  builds.raise_contract_version, builds.set_overall_result;
