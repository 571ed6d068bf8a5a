/**
 * Settings of the PostgreSQL server beyond its defaults: what the CIS benchmark for Google Cloud (chapter 6.2) and Checkov
 * ask for, and login by IAM. All that Cloud SQL takes: https://cloud.google.com/sql/docs/postgres/flags.
 */
export const POSTGRES_FLAGS = {
  // Logs in with the cloud's identities instead of passwords.
  "cloudsql.iam_authentication": "on",
  // Says who changed what in the schema and in rights; the job that gives rights makes the extension.
  "cloudsql.enable_pgaudit": "on",
  "pgaudit.log": "ddl,role",
  log_checkpoints: "on",
  log_connections: "on",
  log_disconnections: "on",
  log_duration: "on",
  log_hostname: "on",
  log_lock_waits: "on",
  log_min_error_statement: "error",
  // Statements hold data, which does not belong into logs; those that change the schema hold none.
  log_min_duration_statement: "-1",
  log_statement: "ddl",
  log_temp_files: "0",
  // Rough profiles, written for each statement.
  log_executor_stats: "off",
  log_parser_stats: "off",
  log_planner_stats: "off",
  log_statement_stats: "off",
} as const satisfies Record<string, string>;

/**
 * Settings of the MySQL server beyond its defaults: chapter 6.1 of the same benchmark, and how passwords are checked. All
 * that Cloud SQL takes: https://cloud.google.com/sql/docs/mysql/flags.
 */
export const MYSQL_FLAGS = {
  // Lets people look inside with their own identities; Kubeflow's parts have a password.
  cloudsql_iam_authentication: "on",
  // Kubeflow's metadata server (ML Metadata) knows no newer way, https://github.com/google/ml-metadata/issues/178. MySQL 8.0
  // alone takes it, on Cloud SQL too: https://github.com/GoogleCloudPlatform/golang-samples/issues/4452.
  default_authentication_plugin: "mysql_native_password",
  // Otherwise a client could read files of the server.
  local_infile: "off",
  skip_show_database: "on",
} as const satisfies Record<string, string>;
