import { blocks, type Resource, type StackRule } from "../hardening";
import type { StackJson } from "../protected";
import { alone, entries, idOf } from "./azure-stack";

const SETTING = "azurerm_monitor_diagnostic_setting";
const LOCK = "azurerm_management_lock";
const PEOPLE = "azurerm_monitor_action_group";

/** What has to be locked, so that nobody deletes it past Terraform either. What comes and goes in it would be locked too. */
const LOCKED: readonly string[] = [
  "azurerm_container_registry",
  "azurerm_cosmosdb_account",
  "azurerm_key_vault",
  "azurerm_log_analytics_workspace",
  "azurerm_mysql_flexible_server",
  "azurerm_postgresql_flexible_server",
  "azurerm_storage_account",
];

/** What has to be noted of whom. */
const NOTED: readonly { readonly of: string; readonly suffix?: string; readonly categories: readonly RegExp[] }[] = [
  { of: "azurerm_kubernetes_cluster", categories: [/^kube-audit/, /^guard$/, /^kube-apiserver$/] },
  { of: "azurerm_key_vault", categories: [/^(allLogs|audit|AuditEvent)$/] },
  { of: "azurerm_container_registry", categories: [/^(allLogs|audit|ContainerRegistryLoginEvents)$/] },
  {
    of: "azurerm_storage_account",
    suffix: "/blobServices/default",
    categories: [/^(allLogs|StorageRead)$/, /^(allLogs|StorageDelete)$/],
  },
  { of: "azurerm_postgresql_flexible_server", categories: [/^(allLogs|PostgreSQLLogs)$/] },
  { of: "azurerm_mysql_flexible_server", categories: [/^(allLogs|MySqlAuditLogs)$/] },
  { of: "azurerm_cosmosdb_account", categories: [/^(allLogs|DataPlaneRequests)$/, /^(allLogs|ControlPlaneRequests)$/] },
  { of: "azurerm_machine_learning_workspace", categories: [/^(allLogs|audit)$/] },
  { of: "azurerm_servicebus_namespace", categories: [/^(allLogs|audit)$/] },
  { of: "azurerm_data_factory", categories: [/^allLogs$/] },
  { of: "azurerm_eventgrid_system_topic", categories: [/^allLogs$/] },
  { of: "azurerm_container_app_environment", categories: [/^allLogs$/] },
  { of: "azurerm_log_analytics_workspace", categories: [/^(allLogs|audit)$/] },
];

/** What stacks hold as a whole. */
export const AZURE_WATCHED_STACKS: readonly StackRule[] = [
  {
    id: "diagnostics-there",
    why: "Nobody could say what was done, and by whom.",
    refs: ["CIS AKS 2.1.1", "CIS Azure 6.1.4", "CIS Azure 6.4", "CIS Azure 4.13", "CKV2_AZURE_21"],
    check: (stack) =>
      NOTED.flatMap(({ of, suffix = "", categories }) =>
        entries(stack, of).flatMap(([id]) => {
          const noted = notedOf(stack, `${idOf(of, id)}${suffix}`);
          const missing = categories.filter((category) => !noted.some((each) => category.test(each)));
          if (missing.length === 0) return [];
          return [
            {
              address: `${of}.${id}`,
              message: `has no diagnostic setting for ${missing.map(({ source }) => source.replace(/[\^$()]/g, "").replaceAll("|", " or ")).join(", ")}: nobody could say what was done, and by whom`,
              fix: `Add an ${SETTING} for it`,
            },
          ];
        }),
      ),
  },
  {
    id: "locks-there",
    only: "production",
    why: "Whoever may change the environment could delete it by mistake.",
    refs: ["CIS Azure 10.1"],
    check: (stack) =>
      LOCKED.flatMap((of) =>
        alone(stack, {
          of,
          // What may go, by the environment's file, has a rule of its own.
          where: ({ lifecycle }) => blocks(lifecycle).some(({ prevent_destroy }) => prevent_destroy === true),
          type: LOCK,
          at: "scope",
          message: "has no lock: whoever may change the environment could delete it by mistake",
          fix: `Add an ${LOCK} for it`,
        }),
      ),
  },
  {
    id: "alerts-there",
    why: "Who is told is there, and nothing that tells them.",
    refs: [],
    check: (stack) =>
      entries(stack, PEOPLE)
        .filter(
          () =>
            !["azurerm_monitor_metric_alert", "azurerm_monitor_scheduled_query_rules_alert_v2"].every(
              (type) => entries(stack, type).length > 0,
            ),
        )
        .map(([id]) => ({
          address: `${PEOPLE}.${id}`,
          message: "is told of nothing: there are no alerts beside it",
          fix: "Add alerts on figures and on logs",
        })),
  },
];

function notedOf(stack: StackJson, target: string): string[] {
  return entries(stack, SETTING)
    .filter(([, setting]) => setting.target_resource_id === target)
    .flatMap(([, { enabled_log }]) => blocks(enabled_log).map(categoryOf));
}

function categoryOf({ category, category_group }: Resource): string {
  return String(category ?? category_group);
}
