import { asMap, blocks, type HardeningRule, type Resource } from "../hardening";
import { absent, type Demand, filled, is, noBlock, oneOf, ownKey, text, trueInProduction } from "./demands";

const INSTANCE = "google_sql_database_instance";

const INSTANCES: readonly HardeningRule[] = [
  {
    id: "database-no-public-address",
    type: INSTANCE,
    path: "settings.ip_configuration.ipv4_enabled",
    demand: is(false),
    why: "The database would answer to the internet.",
    refs: ["CKV_GCP_60", "CIS GCP 6.6"],
  },
  {
    id: "database-private-network",
    type: INSTANCE,
    path: "settings.ip_configuration.private_network",
    demand: filled("the environment's network"),
    why: "Without it nothing inside the network reaches the database.",
    refs: ["CKV_GCP_60", "CIS GCP 6.6"],
  },
  {
    id: "database-encrypted-connections",
    type: INSTANCE,
    path: "settings.ip_configuration.ssl_mode",
    demand: oneOf("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"),
    why: "Queries and logins would pass the network in clear text.",
    refs: ["CKV_GCP_6", "CIS GCP 6.4"],
  },
  {
    id: "database-no-open-network",
    type: INSTANCE,
    path: "settings.ip_configuration.authorized_networks[]",
    demand: noBlock("no network of size /0", ({ value }) => String(value).endsWith("/0"), { value: "0.0.0.0/0" }),
    why: "The database would answer to the internet.",
    refs: ["CKV_GCP_11", "CIS GCP 6.5"],
  },
  {
    id: "database-backups",
    type: INSTANCE,
    path: "settings.backup_configuration.enabled",
    demand: is(true),
    why: "Runs, models, releases and approvals would be lost with the instance.",
    refs: ["CKV_GCP_14", "CIS GCP 6.7"],
  },
  {
    id: "postgres-point-in-time",
    type: INSTANCE,
    path: "settings.backup_configuration.point_in_time_recovery_enabled",
    demand: is(true),
    only: "production",
    where: isPostgres,
    why: "A mistake would cost a day of records.",
    refs: [],
  },
  {
    id: "mysql-binary-log",
    type: INSTANCE,
    path: "settings.backup_configuration.binary_log_enabled",
    demand: is(true),
    only: "production",
    where: isMysql,
    why: "MySQL needs it for a standby and for recovery to a point in time.",
    refs: [],
  },
  {
    id: "database-backups-stay",
    type: INSTANCE,
    path: "settings.retain_backups_on_delete",
    demand: is(true),
    only: "production",
    why: "Backups would be deleted with the instance.",
    refs: [],
  },
  {
    id: "database-standby",
    type: INSTANCE,
    path: "settings.availability_type",
    demand: is("REGIONAL"),
    only: "production",
    why: "A zone that fails would stop everything that keeps records.",
    refs: [],
  },
  {
    id: "database-deletion-protection",
    type: INSTANCE,
    path: "deletion_protection",
    demand: trueInProduction,
    why: "Terraform would destroy the records.",
    refs: [],
  },
  {
    id: "database-deletion-refused",
    type: INSTANCE,
    path: "settings.deletion_protection_enabled",
    demand: trueInProduction,
    why: "Only this one stops the console and gcloud.",
    refs: [],
  },
  {
    id: "database-key",
    type: INSTANCE,
    path: "encryption_key_name",
    demand: ownKey,
    only: "ownKeys",
    why: "It can be set at creation only.",
    refs: [],
  },
  {
    id: "database-version",
    type: INSTANCE,
    path: "database_version",
    demand: text(
      /^POSTGRES_(1[7-9]|2\d)$|^MYSQL_8_[04]$/,
      "a major version with years of support ahead: POSTGRES_17, POSTGRES_18, MYSQL_8_0, MYSQL_8_4",
      "POSTGRES_14",
      "MYSQL_5_7",
    ),
    why: "An old version is upgraded in a hurry when its support ends.",
    refs: ["CKV_GCP_79"],
  },
  {
    id: "database-password-policy",
    type: INSTANCE,
    path: "settings.password_validation_policy.enable_password_policy",
    demand: is(true),
    why: "Somebody's first password would be a weak one.",
    refs: [],
  },
];

/** Flags by name: the value, or those among which one chooses. */
const POSTGRES_FLAGS: readonly (readonly [name: string, wanted: readonly string[], refs: readonly string[]])[] = [
  ["log_checkpoints", ["on"], ["CKV_GCP_51"]],
  ["log_connections", ["on"], ["CKV_GCP_52", "CIS GCP 6.2.2"]],
  ["log_disconnections", ["on"], ["CKV_GCP_53", "CIS GCP 6.2.3"]],
  ["log_lock_waits", ["on"], ["CKV_GCP_54"]],
  ["log_min_error_statement", ["error", "log", "fatal", "panic"], ["CKV_GCP_55", "CIS GCP 6.2.6"]],
  ["log_temp_files", ["0"], ["CKV_GCP_56"]],
  ["log_min_duration_statement", ["-1"], ["CKV_GCP_57", "CIS GCP 6.2.7"]],
  ["log_hostname", ["on"], ["CKV_GCP_108"]],
  ["log_statement", ["ddl", "mod", "all"], ["CKV_GCP_111", "CIS GCP 6.2.4"]],
  ["log_duration", ["on"], ["CKV2_GCP_13"]],
  ["cloudsql.enable_pgaudit", ["on"], ["CKV_GCP_110", "CIS GCP 6.2.8"]],
  ["cloudsql.iam_authentication", ["on"], []],
  ["log_executor_stats", ["off"], ["CKV2_GCP_14"]],
  ["log_parser_stats", ["off"], ["CKV2_GCP_15"]],
  ["log_planner_stats", ["off"], ["CKV2_GCP_16"]],
  ["log_statement_stats", ["off"], ["CKV2_GCP_17"]],
];

const MYSQL_FLAGS: readonly (readonly [name: string, wanted: readonly string[], refs: readonly string[]])[] = [
  ["local_infile", ["off"], ["CKV_GCP_50", "CIS GCP 6.1.3"]],
  ["cloudsql_iam_authentication", ["on"], []],
];

const WHY: Readonly<Record<string, string>> = {
  "cloudsql.iam_authentication": "Logins would need passwords.",
  cloudsql_iam_authentication: "Logins would need passwords.",
  "cloudsql.enable_pgaudit": "Nobody could say who changed which table.",
  local_infile: "A client could read files of the server.",
  log_temp_files: "Queries that outgrow the memory would not be found.",
  log_min_duration_statement: "Texts of slow statements, with the data in them, would reach the logs.",
};

function flagRules(
  flags: typeof POSTGRES_FLAGS,
  kind: "postgres" | "mysql",
  where: HardeningRule["where"],
): HardeningRule[] {
  return flags.map(([name, wanted, refs]) => ({
    id: `${kind}-flag-${name.replace(/[._]/g, "-")}`,
    type: INSTANCE,
    path: "settings.database_flags[]",
    demand: flag(name, wanted),
    where,
    why:
      WHY[name] ??
      (wanted.includes("off") ? "Noise fills the logs." : "The cause of a fault could not be found later."),
    refs,
  }));
}

function flag(name: string, wanted: readonly string[]): Demand {
  const isOne = (block: Resource) => block.name === name;
  return {
    wanted: `the flag ${name} ${wanted.join(" or ")}`,
    holds: (value) => blocks(value).some((block) => isOne(block) && wanted.includes(String(block.value))),
    wrong: (value) => [
      blocks(value).filter((block) => !isOne(block)),
      blocks(value).map((block) => (isOne(block) ? { ...block, value: "other" } : block)),
    ],
  };
}

const USERS: readonly HardeningRule[] = [
  {
    id: "database-user-login",
    type: "google_sql_user",
    path: "",
    demand: {
      wanted: "type CLOUD_IAM_…, or a password that is written and never kept (password_wo)",
      holds: (value) => {
        const { type, password_wo } = asMap(value);
        return /^CLOUD_IAM_/.test(String(type)) || password_wo !== undefined;
      },
      wrong: (value) => {
        const { type: _t, password_wo: _p, ...user } = asMap(value);
        return [user, { ...user, type: "BUILT_IN" }];
      },
    },
    why: "A user without a password, or with one in the state.",
    refs: [],
  },
  {
    id: "database-user-password",
    type: "google_sql_user",
    path: "password",
    demand: absent("${random_password.it.result}"),
    why: "It would stand in state and plan in clear text.",
    refs: [],
  },
  {
    id: "database-root-password",
    type: INSTANCE,
    path: "root_password",
    demand: absent("${random_password.it.result}"),
    why: "It would stand in state and plan in clear text.",
    refs: [],
  },
];

function isPostgres({ database_version }: Resource): boolean {
  return String(database_version).startsWith("POSTGRES_");
}

function isMysql({ database_version }: Resource): boolean {
  return String(database_version).startsWith("MYSQL_");
}

/** Database servers and their users. */
export const GOOGLE_DATABASE: readonly HardeningRule[] = [
  ...INSTANCES,
  ...flagRules(POSTGRES_FLAGS, "postgres", isPostgres),
  ...flagRules(MYSQL_FLAGS, "mysql", isMysql),
  ...USERS,
];
