/** Settings of the database servers beyond their defaults. Does not load the engine. */

/**
 * PostgreSQL: what the CIS benchmark for Azure and Checkov ask for, in the names of the flexible server.
 * https://learn.microsoft.com/en-us/azure/postgresql/server-parameters/concepts-server-parameters
 */
export const POSTGRES_PARAMETERS = {
  require_secure_transport: "on",
  ssl_min_protocol_version: "TLSv1.2",
  // Slows down whoever tries one login after the other.
  "connection_throttle.enable": "on",
  // Says who changed what in the schema and in rights; the job that gives rights makes the extension.
  "azure.extensions": "PGAUDIT",
  shared_preload_libraries: "pgaudit",
  "pgaudit.log": "ddl,role",
  log_checkpoints: "on",
  log_connections: "on",
  log_disconnections: "on",
  log_lock_waits: "on",
  // Statements hold data, which does not belong into logs; those that change the schema stand in the audit.
  log_min_duration_statement: "-1",
  log_statement: "none",
  log_temp_files: "0",
} as const satisfies Record<string, string>;

/** Those that the server takes only after another one, which it has to be started anew for. */
export const POSTGRES_AFTER = { "pgaudit.log": "shared_preload_libraries" } as const satisfies Partial<
  Record<keyof typeof POSTGRES_PARAMETERS, keyof typeof POSTGRES_PARAMETERS>
>;

/** MySQL: the same for Kubeflow's server. https://learn.microsoft.com/en-us/azure/mysql/flexible-server/concepts-server-parameters */
export const MYSQL_PARAMETERS = {
  require_secure_transport: "ON",
  tls_version: "TLSv1.2,TLSv1.3",
  // Who connected, and who changed schema or rights.
  audit_log_enabled: "ON",
  audit_log_events: "CONNECTION,DDL,DCL",
  // Otherwise a client could read files of the server.
  local_infile: "OFF",
} as const satisfies Record<string, string>;
