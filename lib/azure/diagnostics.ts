import type { Construct, TerraformResource } from "../framework";
import { MonitorDiagnosticSetting } from "./bindings";
import type { AzureEstate } from "./estate";

/** What a resource writes down, and about whom. */
export interface Diagnostics {
  /** Id of the resource. */
  readonly of: string;
  /** Categories, or the groups `allLogs` and `audit`; empty for metrics alone. */
  readonly logs: readonly string[];
  /** Whether metrics are copied to the workspace too. Alerts read them where they are, so rarely. @default false */
  readonly metrics?: boolean;
  /**
   * Whether lines go into tables of the resource's kind, instead of the one that all share. Only for kinds that offer both,
   * https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/azurediagnostics#resource-types. @default - what the kind has
   */
  readonly ownTables?: boolean;
  /** What has to be there first, when `of` is a computed id. @default - nothing */
  readonly dependsOn?: readonly TerraformResource[];
}

/** Names that stand for several categories, https://learn.microsoft.com/en-us/azure/azure-monitor/platform/diagnostic-settings#resource-logs. */
const GROUPS: ReadonlySet<string> = new Set(["allLogs", "audit"]);

/**
 * Sends a resource's logs to the environment's workspace, in the layer of the resource.
 * @param scope the resource's construct; `id` distinguishes several resources in it
 */
export function sendLogs(
  scope: Construct,
  id: string,
  { of, logs, metrics = false, ownTables, dependsOn }: Diagnostics,
  estate: AzureEstate,
): MonitorDiagnosticSetting {
  return new MonitorDiagnosticSetting(scope, id, {
    name: "logs",
    targetResourceId: of,
    logAnalyticsWorkspaceId: estate.logs,
    enabledLog: logs.map((name) => (GROUPS.has(name) ? { categoryGroup: name } : { category: name })),
    ...(ownTables ? { logAnalyticsDestinationType: "Dedicated" } : {}),
    ...(metrics ? { enabledMetric: [{ category: "AllMetrics" }] } : {}),
    ...(dependsOn ? { dependsOn: [...dependsOn] } : {}),
  });
}
