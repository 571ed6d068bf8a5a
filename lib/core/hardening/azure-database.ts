import type { HardeningRule } from "../hardening";
import { resourceId, vaultKey } from "./azure-demands";
import { absent, is, number, oneOf, shape, text } from "./demands";

const POSTGRES = "azurerm_postgresql_flexible_server";
const MYSQL = "azurerm_mysql_flexible_server";
const EITHER = /^azurerm_(postgresql|mysql)_flexible_server$/;
const COSMOS = "azurerm_cosmosdb_account";

/** Servers of both kinds. Numbers of the CIS benchmark for Azure are those of version 3.0.0. */
const SERVERS: readonly HardeningRule[] = [
  {
    id: "server-subnet",
    type: EITHER,
    path: "delegated_subnet_id",
    demand: resourceId,
    why: "The server would have an address that everybody can try.",
    refs: ["CKV2_AZURE_57", "CKV2_AZURE_56", "CIS Azure 5.2.5"],
  },
  {
    id: "server-zone",
    type: EITHER,
    path: "private_dns_zone_id",
    demand: resourceId,
    why: "Its name would be told to everybody who asks a name server.",
    refs: ["CKV2_AZURE_57", "CKV2_AZURE_56"],
  },
  {
    id: "server-backup-days",
    type: EITHER,
    path: "backup_retention_days",
    demand: number(7, 35),
    why: "A mistake that is found a week later could not be undone.",
    refs: [],
    setting: "metadata.backupRetentionDays: 35",
  },
  {
    id: "server-standby",
    type: EITHER,
    path: "high_availability.mode",
    demand: oneOf("ZoneRedundant", "SameZone"),
    only: "production",
    why: "The loss of one machine would stop training and serving.",
    refs: [],
    setting: "metadata.highAvailability: true",
  },
  {
    id: "server-key",
    type: EITHER,
    path: "customer_managed_key.key_vault_key_id",
    demand: vaultKey,
    only: "ownKeys",
    why: "The data could not be made unreadable by taking its key away.",
    refs: [],
  },
];

const POSTGRES_RULES: readonly HardeningRule[] = [
  {
    id: "postgres-private",
    type: POSTGRES,
    path: "public_network_access_enabled",
    demand: is(false),
    why: "The server would have an address that everybody can try.",
    refs: ["CKV2_AZURE_57", "CIS Azure 5.2.5"],
  },
  {
    id: "postgres-geo-backup",
    type: POSTGRES,
    path: "",
    demand: shape(
      "geo_redundant_backup_enabled = true, unless customer_managed_key is there: a copy in the paired region takes a key of that region",
      ({ customer_managed_key, geo_redundant_backup_enabled }) =>
        customer_managed_key !== undefined || geo_redundant_backup_enabled === true,
      ({ customer_managed_key: _key, geo_redundant_backup_enabled: _copy, ...server }) => [
        server,
        { ...server, geo_redundant_backup_enabled: false },
      ],
    ),
    only: "production",
    why: "The loss of a region would be the loss of the data, and it cannot be switched on later.",
    refs: ["CKV_AZURE_136"],
  },
  {
    id: "postgres-entra",
    type: POSTGRES,
    path: "authentication.active_directory_auth_enabled",
    demand: is(true),
    why: "Nobody could log in without a password.",
    refs: [],
  },
  {
    id: "postgres-no-passwords",
    type: POSTGRES,
    path: "authentication.password_auth_enabled",
    demand: is(false),
    why: "A password says nobody's name, and is good wherever it gets to.",
    refs: [],
  },
  {
    id: "postgres-no-password",
    type: POSTGRES,
    path: "administrator_password",
    demand: absent("correct-horse"),
    why: "It would stand in the plan and in the state.",
    refs: [],
  },
  {
    id: "postgres-disk-grows",
    type: POSTGRES,
    path: "auto_grow_enabled",
    demand: is(true),
    why: "A full disk makes the server read-only.",
    refs: [],
  },
  {
    id: "postgres-version",
    type: POSTGRES,
    path: "version",
    demand: number(17),
    why: "Older versions lose their support before the environment's data does.",
    refs: [],
  },
];

const MYSQL_RULES: readonly HardeningRule[] = [
  {
    id: "mysql-no-password",
    type: MYSQL,
    path: "administrator_password",
    demand: absent("correct-horse"),
    why: "It would stand in the plan and in the state.",
    refs: [],
  },
  {
    id: "mysql-password-written-only",
    type: MYSQL,
    path: "administrator_password_wo",
    demand: text(/^\$\{ephemeral\./, "an ephemeral value", "correct-horse", "${random_password.it.result}"),
    why: "It would stand in the plan and in the state.",
    refs: [],
  },
  {
    id: "mysql-disk-grows",
    type: MYSQL,
    path: "storage.auto_grow_enabled",
    demand: is(true),
    why: "A full disk makes the server read-only.",
    refs: [],
  },
];

const COSMOS_RULES: readonly HardeningRule[] = [
  {
    id: "cosmos-no-keys",
    type: COSMOS,
    path: "local_authentication_disabled",
    demand: is(true),
    why: "A key opens everything, for ever, and says nobody's name.",
    refs: ["CKV_AZURE_140", "CIS Azure 5.4.3"],
  },
  {
    id: "cosmos-private",
    type: COSMOS,
    path: "public_network_access_enabled",
    demand: is(false),
    why: "A stolen token could be used from everywhere.",
    refs: ["CKV_AZURE_99", "CKV_AZURE_101", "CIS Azure 5.4.1", "CIS Azure 5.4.2"],
  },
  {
    id: "cosmos-no-bypass",
    type: COSMOS,
    path: "network_acl_bypass_for_azure_services",
    demand: is(false),
    why: "Services of every tenant would pass the closed door.",
    refs: ["CKV_AZURE_99"],
  },
  {
    id: "cosmos-no-changes-by-key",
    type: COSMOS,
    path: "access_key_metadata_writes_enabled",
    demand: is(false),
    why: "A key could change the account past the roles.",
    refs: ["CKV_AZURE_132"],
  },
  {
    id: "cosmos-tls",
    type: COSMOS,
    path: "minimal_tls_version",
    demand: is("Tls12"),
    why: "Older versions can be broken.",
    refs: [],
  },
  {
    id: "cosmos-backup",
    type: COSMOS,
    path: "backup.type",
    demand: is("Continuous"),
    why: "Only a copy of every four hours could be had back, by asking Azure's support.",
    refs: [],
  },
  {
    id: "cosmos-zones",
    type: COSMOS,
    path: "geo_location.zone_redundant",
    demand: is(true),
    only: "production",
    why: "Predictions would stop with one building.",
    refs: [],
  },
  {
    id: "cosmos-key",
    type: COSMOS,
    path: "key_vault_key_id",
    demand: vaultKey,
    only: "ownKeys",
    why: "The data could not be made unreadable by taking its key away.",
    refs: ["CKV_AZURE_100"],
  },
];

/** PostgreSQL, MySQL and Cosmos DB. */
export const AZURE_DATABASE: readonly HardeningRule[] = [
  ...SERVERS,
  ...POSTGRES_RULES,
  ...MYSQL_RULES,
  ...COSMOS_RULES,
];
