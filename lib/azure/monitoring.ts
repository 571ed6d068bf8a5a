import type { IMonitoring, MonitoringProps } from "../contracts/monitoring";
import { Construct } from "../framework";
import { AzureAlerts } from "./alerts";
import { ApplicationInsightsWorkbook, LogAnalyticsWorkspaceTable } from "./bindings";
import type { AzureEstate } from "./estate";
import { AzureLogArchive } from "./log-archive";
import { workbookJson, workbookName } from "./parts/workbook";

/**
 * Tables whose lines come from programs and from callers, or say what was done; the others keep what the workspace keeps.
 * https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables-index
 */
const TABLES = [
  "AKSAuditAdmin",
  "AKSControlPlane",
  "AmlOnlineEndpointConsoleLog",
  "AmlOnlineEndpointTrafficLog",
  "AzureDiagnostics",
  "ContainerAppConsoleLogs",
  "ContainerAppHTTPLogs",
  "ContainerLogV2",
  "KubeEvents",
] as const;

/** Days that lines can be asked for: https://learn.microsoft.com/en-us/azure/azure-monitor/logs/data-retention-configure. */
const KEPT_DAYS = { min: 4, max: 730 } as const;

/**
 * How long logs are kept, alerts, the workbook, what is promised (as a warning while it is used up too fast: Azure has no
 * resource for a promise), and the archive. Figures of Azure's own are kept for 93 days, those of the cluster for 18 months.
 */
export class AzureMonitoring extends Construct implements IMonitoring {
  readonly dashboardUri: string;
  /** Azure Monitor collects by itself. */
  readonly metricsUri = null;

  constructor(scope: Construct, id: string, props: MonitoringProps, estate: AzureEstate) {
    super(scope, id);
    const days = Math.min(Math.max(props.retentionDays, KEPT_DAYS.min), KEPT_DAYS.max);
    for (const name of TABLES) {
      new LogAnalyticsWorkspaceTable(this, `Kept-${name}`, {
        workspaceId: estate.logs,
        name,
        plan: "Analytics",
        retentionInDays: days,
        totalRetentionInDays: days,
      });
    }
    new AzureAlerts(this, "Alerts", props, estate);
    if (props.archive !== undefined) new AzureLogArchive(this, "Archive", props.archive, estate);
    const name = workbookName(estate);
    const { organisation, environment, tenant } = estate.settings;
    new ApplicationInsightsWorkbook(this, "Dashboard", {
      name,
      ...estate.placed(this),
      displayName: `${organisation} ${environment}: models`,
      dataJson: workbookJson(estate, props),
    });
    const workbook = estate.id("Microsoft.Insights/workbooks", name);
    this.dashboardUri = `https://portal.azure.com/#@${tenant}/resource${workbook}/workbook`;
  }
}
