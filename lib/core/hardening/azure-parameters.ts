import { asMap, type HardeningRule, type StackRule } from "../hardening";
import { text } from "./demands";

/** A kind of servers, and of what is set in them. */
interface Kind {
  readonly server: string;
  readonly parameter: string;
  /** Of the ids of rules. */
  readonly word: string;
}

const POSTGRES: Kind = {
  server: "azurerm_postgresql_flexible_server",
  parameter: "azurerm_postgresql_flexible_server_configuration",
  word: "postgres",
};
const MYSQL: Kind = {
  server: "azurerm_mysql_flexible_server",
  parameter: "azurerm_mysql_flexible_server_configuration",
  word: "mysql",
};

/** A parameter of a server, what it has to be, and something that it must not be. */
interface Parameter extends Pick<HardeningRule, "why" | "refs"> {
  readonly of: Kind;
  readonly name: string;
  readonly form: RegExp;
  readonly wrong: string;
}

/** What is set in servers. Numbers of the CIS benchmark for Azure are those of version 3.0.0. */
export const SERVER_PARAMETERS: readonly Parameter[] = [
  {
    of: POSTGRES,
    name: "require_secure_transport",
    form: /^on$/i,
    wrong: "off",
    why: "Data could be read on the way.",
    refs: ["CIS Azure 5.2.1"],
  },
  {
    of: POSTGRES,
    name: "ssl_min_protocol_version",
    form: /^TLSv1\.[23]$/,
    wrong: "TLSv1.1",
    why: "Older versions can be broken.",
    refs: [],
  },
  {
    of: POSTGRES,
    name: "log_checkpoints",
    form: /^on$/i,
    wrong: "off",
    why: "Slow writes would have no trace.",
    refs: ["CKV_AZURE_30", "CIS Azure 5.2.2"],
  },
  {
    of: POSTGRES,
    name: "log_connections",
    form: /^on$/i,
    wrong: "off",
    why: "Nobody could say who was there.",
    refs: ["CKV_AZURE_31", "CIS Azure 5.2.6"],
  },
  {
    of: POSTGRES,
    name: "log_disconnections",
    form: /^on$/i,
    wrong: "off",
    why: "Nobody could say how long somebody was there.",
    refs: ["CIS Azure 5.2.7"],
  },
  {
    of: POSTGRES,
    name: "connection_throttle.enable",
    form: /^on$/i,
    wrong: "off",
    why: "Whoever guesses could guess without end.",
    refs: ["CKV_AZURE_32", "CIS Azure 5.2.3"],
  },
  {
    of: POSTGRES,
    name: "log_lock_waits",
    form: /^on$/i,
    wrong: "off",
    why: "Who waits for whom would have no trace.",
    refs: [],
  },
  {
    of: POSTGRES,
    name: "log_temp_files",
    form: /^0$/,
    wrong: "-1",
    why: "Queries that fill the disk would have no trace.",
    refs: [],
  },
  {
    of: POSTGRES,
    name: "log_min_duration_statement",
    form: /^-1$/,
    wrong: "0",
    why: "Statements, and data in them, would stand in the log.",
    refs: [],
  },
  {
    of: POSTGRES,
    name: "log_statement",
    form: /^none$/,
    wrong: "all",
    why: "Statements, and data in them, would stand in the log.",
    refs: [],
  },
  {
    of: POSTGRES,
    name: "shared_preload_libraries",
    form: /\bpgaudit\b/,
    wrong: "pg_cron",
    why: "Changes of rights and tables would have no trace.",
    refs: [],
  },
  {
    of: POSTGRES,
    name: "azure.extensions",
    form: /\bPGAUDIT\b/i,
    wrong: "POSTGIS",
    why: "Changes of rights and tables would have no trace.",
    refs: [],
  },
  {
    of: POSTGRES,
    name: "pgaudit.log",
    form: /\bddl\b.*\brole\b|\brole\b.*\bddl\b/,
    wrong: "none",
    why: "Changes of rights and tables would have no trace.",
    refs: [],
  },
  {
    of: MYSQL,
    name: "require_secure_transport",
    form: /^on$/i,
    wrong: "OFF",
    why: "Data could be read on the way.",
    refs: ["CIS Azure 5.3.1"],
  },
  {
    of: MYSQL,
    name: "tls_version",
    form: /^TLSv1\.[23](,TLSv1\.3)?$/,
    wrong: "TLSv1.1,TLSv1.2",
    why: "Older versions can be broken.",
    refs: ["CIS Azure 5.3.2"],
  },
  {
    of: MYSQL,
    name: "audit_log_enabled",
    form: /^on$/i,
    wrong: "OFF",
    why: "Nobody could say who was there.",
    refs: ["CIS Azure 5.3.3"],
  },
  {
    of: MYSQL,
    name: "audit_log_events",
    form: /\bCONNECTION\b/,
    wrong: "DDL",
    why: "Nobody could say who was there.",
    refs: ["CIS Azure 5.3.4"],
  },
  {
    of: MYSQL,
    name: "local_infile",
    form: /^off$/i,
    wrong: "ON",
    why: "A server could ask a client for its files.",
    refs: [],
  },
];

/** One rule for each parameter. */
export const AZURE_PARAMETERS: readonly HardeningRule[] = SERVER_PARAMETERS.map(
  ({ of, name, form, wrong, why, refs }) => ({
    id: `${of.word}-${name.toLowerCase().replace(/[._]/g, "-")}`,
    type: of.parameter,
    path: "value",
    demand: text(form, `what ${name} has to be (not ${wrong})`, wrong, ""),
    where: (parameter) => parameter.name === name,
    why,
    refs,
  }),
);

/** What a stack with a server holds beside it. */
export const AZURE_PARAMETERS_STACKS: readonly StackRule[] = [POSTGRES, MYSQL].map(({ server, parameter, word }) => ({
  id: `${word}-parameters`,
  why: "What is not set is as Azure likes it.",
  refs: [],
  check: ({ resource = {} }) => {
    const set = Object.values(resource[parameter] ?? {}).map((body) => asMap(body).name);
    const missing = SERVER_PARAMETERS.filter(({ of, name }) => of.parameter === parameter && !set.includes(name));
    if (missing.length === 0) return [];
    return Object.keys(resource[server] ?? {}).map((id) => ({
      address: `${server}.${id}`,
      message: `has no ${missing.map(({ name }) => name).join(", ")}: what is not set is as Azure likes it`,
      fix: `Add a ${parameter} for each`,
    }));
  },
}));
