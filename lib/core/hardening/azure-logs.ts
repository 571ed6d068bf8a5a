import { blocks, type HardeningRule, type Resource } from "../hardening";
import { resourceId, someOf } from "./azure-demands";
import { filled, is, number, oneOf, shape, someBlock } from "./demands";

const LOGS = "azurerm_log_analytics_workspace";
const INSIGHTS = "azurerm_application_insights";
const SETTING = "azurerm_monitor_diagnostic_setting";
const LOCK = "azurerm_management_lock";
const PEOPLE = "azurerm_monitor_action_group";

/** Where logs and figures are kept. Numbers of the CIS benchmark for Azure are those of version 3.0.0. */
const STORES: readonly HardeningRule[] = [
  {
    id: "logs-no-keys",
    type: LOGS,
    path: "local_authentication_enabled",
    demand: is(false),
    why: "Whoever has the key could write lines that never happened.",
    refs: [],
  },
  {
    id: "logs-days",
    type: LOGS,
    path: "retention_in_days",
    demand: number(90, 730),
    why: "An incident is often found weeks later.",
    refs: [],
  },
  {
    id: "logs-rights",
    type: LOGS,
    path: "allow_resource_only_permissions",
    demand: is(true),
    why: "Who may read the logs of one resource would have to be let read all.",
    refs: [],
  },
  {
    id: "logs-private-writing",
    type: LOGS,
    path: "internet_ingestion_enabled",
    demand: is(false),
    only: "production",
    why: "A stolen token could be used from everywhere.",
    refs: [],
  },
  {
    id: "logs-private-reading",
    type: LOGS,
    path: "internet_query_enabled",
    demand: is(false),
    only: "production",
    why: "A stolen token could be used from everywhere.",
    refs: [],
  },
  {
    id: "insights-no-keys",
    type: INSIGHTS,
    path: "local_authentication_disabled",
    demand: is(true),
    why: "Whoever has its address could write lines that never happened.",
    refs: [],
  },
  {
    id: "insights-workspace",
    type: INSIGHTS,
    path: "workspace_id",
    demand: resourceId,
    why: "The older kind is over, and keeps its lines where nobody looks.",
    refs: ["CIS Azure 6.3.1"],
  },
  {
    id: "insights-private-reading",
    type: INSIGHTS,
    path: "internet_query_enabled",
    demand: is(false),
    only: "production",
    why: "A stolen token could be used from everywhere.",
    refs: [],
  },
  {
    id: "figures-private",
    type: "azurerm_monitor_workspace",
    path: "public_network_access_enabled",
    demand: is(false),
    only: "production",
    why: "A stolen token could be used from everywhere.",
    refs: [],
  },
  {
    id: "collection-private",
    type: "azurerm_monitor_data_collection_endpoint",
    path: "public_network_access_enabled",
    demand: is(false),
    only: "production",
    why: "A stolen token could be used from everywhere.",
    refs: [],
  },
];

const SETTINGS: readonly HardeningRule[] = [
  {
    id: "diagnostics-of-something",
    type: SETTING,
    path: "target_resource_id",
    demand: filled("the id of a resource"),
    why: "Nothing would be noted.",
    refs: ["CIS Azure 6.4"],
  },
  {
    id: "diagnostics-logs",
    type: SETTING,
    path: "enabled_log[]",
    demand: someBlock("logs by category or group", ({ category, category_group }) =>
      Boolean(category ?? category_group),
    ),
    why: "Nothing would be noted.",
    refs: ["CIS Azure 6.4"],
  },
  {
    id: "diagnostics-kept",
    type: SETTING,
    path: "",
    demand: shape(
      "somewhere to be kept: log_analytics_workspace_id or storage_account_id",
      (setting) => Boolean(setting.log_analytics_workspace_id ?? setting.storage_account_id),
      ({ log_analytics_workspace_id: _l, storage_account_id: _s, ...setting }) => [setting],
    ),
    why: "Nothing would be noted.",
    refs: ["CIS Azure 6.4"],
  },
  {
    id: "lock-level",
    type: LOCK,
    path: "lock_level",
    demand: oneOf("CanNotDelete", "ReadOnly"),
    why: "Nothing would be refused.",
    refs: ["CIS Azure 10.1"],
  },
  {
    id: "lock-of-something",
    type: LOCK,
    path: "scope",
    demand: resourceId,
    why: "Nothing would be refused.",
    refs: ["CIS Azure 10.1"],
  },
];

const ALERTS: readonly HardeningRule[] = [
  ...[
    ["alert-metric", "azurerm_monitor_metric_alert", "action.action_group_id"],
    ["alert-activity", "azurerm_monitor_activity_log_alert", "action.action_group_id"],
    ["alert-figures", "azurerm_monitor_alert_prometheus_rule_group", "rule.action.action_group_id"],
  ].map(
    ([id = "", type = "", path = ""]): HardeningRule => ({
      id: `${id}-reaches-people`,
      type,
      path,
      demand: resourceId,
      why: "Nobody would hear of it.",
      refs: [],
    }),
  ),
  {
    id: "alert-query-reaches-people",
    type: "azurerm_monitor_scheduled_query_rules_alert_v2",
    path: "action.action_groups",
    demand: someOf("who is told"),
    why: "Nobody would hear of it.",
    refs: [],
  },
  {
    id: "alert-on",
    type: /^azurerm_monitor_(metric_alert|activity_log_alert|scheduled_query_rules_alert_v2)$/,
    path: "enabled",
    demand: is(true),
    why: "Nobody would hear of it.",
    refs: [],
  },
  {
    id: "alert-figures-on",
    type: "azurerm_monitor_alert_prometheus_rule_group",
    path: "rule_group_enabled",
    demand: is(true),
    why: "Nobody would hear of it.",
    refs: [],
  },
  {
    id: "alert-figure-on",
    type: "azurerm_monitor_alert_prometheus_rule_group",
    path: "rule.enabled",
    demand: is(true),
    why: "Nobody would hear of it.",
    refs: [],
  },
  {
    id: "people-addresses",
    type: PEOPLE,
    path: "",
    demand: shape(
      "somebody who is told",
      (group) => RECEIVERS.some((kind) => blocks(group[kind]).length > 0),
      (group) => [Object.fromEntries(Object.entries(group).filter(([name]) => !RECEIVERS.includes(name)))],
    ),
    why: "Nobody would hear of anything.",
    refs: [],
  },
  {
    id: "budget-reaches-people",
    type: /^azurerm_consumption_budget_\w+$/,
    path: "notification[]",
    demand: {
      wanted: "notifications, each with contact_emails, contact_roles or contact_groups",
      holds: (value) => blocks(value).length > 0 && blocks(value).every(isToldToSomebody),
      wrong: (value) => [[], [...blocks(value), { threshold: 100 }]],
    },
    why: "Nobody would hear of the cost before the bill.",
    refs: [],
  },
  {
    id: "budget-on",
    type: /^azurerm_consumption_budget_\w+$/,
    path: "notification.enabled",
    demand: is(true),
    why: "Nobody would hear of the cost before the bill.",
    refs: [],
  },
];

function isToldToSomebody({ contact_emails, contact_roles, contact_groups }: Resource): boolean {
  return [contact_emails, contact_roles, contact_groups].flat().some((each) => typeof each === "string" && each !== "");
}

/** Ways to tell people. */
const RECEIVERS: readonly string[] = [
  "email_receiver",
  "sms_receiver",
  "voice_receiver",
  "webhook_receiver",
  "arm_role_receiver",
  "azure_app_push_receiver",
  "event_hub_receiver",
  "logic_app_receiver",
  "automation_runbook_receiver",
  "azure_function_receiver",
  "itsm_receiver",
];

/** What deletion destroys for good, or for a long time; only production has to lock it. */
const KEPT =
  /^azurerm_(container_registry|cosmosdb_(account|sql_database|sql_container)|key_vault|kubernetes_cluster|log_analytics_workspace|machine_learning_workspace|(mysql|postgresql)_flexible_server|mysql_flexible_database|postgresql_flexible_server_database|resource_group|storage_account|storage_container)$/;

const KEPT_RULES: readonly HardeningRule[] = [
  {
    id: "kept-in-production",
    type: KEPT,
    path: "lifecycle.prevent_destroy",
    demand: is(true),
    only: "production",
    why: "A change that replaces it would take its data with it.",
    refs: ["CIS Azure 10.1"],
    setting: "storage.deletionProtection, metadata.deletionProtection or kubernetes.deletionProtection: true",
  },
];

/** Logs, alerts, budgets and locks. */
export const AZURE_LOGS: readonly HardeningRule[] = [...STORES, ...SETTINGS, ...ALERTS, ...KEPT_RULES];
