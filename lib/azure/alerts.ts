import type { MonitoringProps } from "../contracts/monitoring";
import { LayerStack } from "../core/layer-stack";
import { Construct } from "../framework";
import {
  MonitorActionGroup,
  MonitorActivityLogAlert,
  MonitorAlertPrometheusRuleGroup,
  MonitorMetricAlert,
  MonitorScheduledQueryRulesAlertV2,
} from "./bindings";
import type { AzureEstate } from "./estate";
import type { AlertRow, MetricCondition, Severity } from "./parts/alert-row";
import { alertRows } from "./parts/alert-table";

/** https://learn.microsoft.com/en-us/azure/azure-monitor/alerts/alerts-overview */
const SEVERITIES: Readonly<Record<Severity, number>> = { CRITICAL: 0, ERROR: 1, WARNING: 2 };

/** Minutes that a metric can be looked at over. */
const METRIC_WINDOWS = [1, 5, 15, 30, 60, 360, 720, 1440] as const;
/** Minutes that logs can be looked at over, when looked at every five. */
const QUERY_WINDOWS = [5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, 1440, 2880] as const;
/** How often is looked. Less often costs a third, and is soon enough for a person. */
const EVERY = "PT5M";

/** Name of the action group in messages: at most 12 characters. */
const SHORT_NAME = "mlops";

/** Whom alerts are sent to: one group for a layer, whoever asks for it. Gives its id. */
export function mailGroup(scope: Construct, emails: readonly string[], estate: AzureEstate): string {
  const stack = LayerStack.ofLayer(scope);
  const known = stack.node.tryFindChild("People");
  if (known instanceof MonitorActionGroup) return known.id;
  const { resourceGroupName, tags } = estate.placed(stack);
  return new MonitorActionGroup(stack, "People", {
    name: estate.name("actionGroup", "people"),
    resourceGroupName,
    shortName: SHORT_NAME,
    // Not in one region: a region that fails must not keep its own alert to itself.
    location: "global",
    emailReceiver: emails.map((emailAddress) => ({
      name: emailAddress,
      emailAddress,
      useCommonAlertSchema: true,
    })),
    tags,
  }).id;
}

/** The alerts of an environment. Each closes by itself when what was wrong has ended. */
export class AzureAlerts extends Construct {
  private readonly people: string;

  constructor(
    scope: Construct,
    id: string,
    props: MonitoringProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    this.people = mailGroup(this, props.alerts.email, estate);
    const rows = alertRows(estate, props);
    for (const row of rows) this.alert(row);
    this.byFigures(rows);
  }

  private alert(row: AlertRow): void {
    const { when } = row;
    if ("metric" in when) this.byMetric(row, when.metric);
    if ("query" in when) this.byLogs(row, when.query, when.minutes);
    if ("health" in when) this.byHealth(row, when.health);
  }

  /** All that is asked of the cluster's figures, in one group; most of the series begin with the first request. */
  private byFigures(rows: readonly AlertRow[]): void {
    const { estate, people } = this;
    const rule = rows.flatMap((row) => {
      const { when } = row;
      if (!("promql" in when)) return [];
      return [
        {
          enabled: true,
          alert: row.title,
          expression: when.promql,
          ...(when.forMinutes > 0 ? { for: duration(when.forMinutes) } : {}),
          severity: SEVERITIES[row.severity],
          annotations: { summary: `${estate.settings.environment}: ${row.title}`, description: nextOf(row) },
          labels: { row: row.id },
          action: [{ actionGroupId: people }],
          alertResolution: { autoResolved: true, timeToResolve: "PT10M" },
        },
      ];
    });
    new MonitorAlertPrometheusRuleGroup(this, "Figures", {
      name: estate.name("alertRule", "figures"),
      ...estate.placed(this),
      scopes: [estate.metrics],
      interval: "PT1M",
      ruleGroupEnabled: true,
      rule,
    });
  }

  private byMetric(row: AlertRow, metric: MetricCondition): void {
    const { estate, people } = this;
    const { resourceGroupName, tags } = estate.placed(this);
    const { of, namespace, name, aggregation, operator, threshold, minutes, split = {} } = metric;
    new MonitorMetricAlert(this, row.id, {
      name: this.nameOf(row),
      resourceGroupName,
      tags,
      description: this.description(row),
      scopes: [of],
      severity: SEVERITIES[row.severity],
      enabled: true,
      autoMitigate: true,
      frequency: EVERY,
      windowSize: duration(atLeast(METRIC_WINDOWS, minutes)),
      criteria: [
        {
          metricNamespace: namespace,
          metricName: name,
          aggregation,
          operator,
          threshold,
          dimension: Object.entries(split).map(([dimension, value]) => ({
            name: dimension,
            operator: "Include",
            values: [value],
          })),
          // Some are there from the first event on only.
          skipMetricValidation: true,
        },
      ],
      action: [{ actionGroupId: people }],
    });
  }

  private byLogs(row: AlertRow, query: string, minutes: number): void {
    const { estate, people } = this;
    new MonitorScheduledQueryRulesAlertV2(this, row.id, {
      name: this.nameOf(row),
      ...estate.placed(this),
      displayName: `${estate.settings.environment}: ${row.title}`,
      description: nextOf(row),
      scopes: [estate.logs],
      severity: SEVERITIES[row.severity],
      enabled: true,
      autoMitigationEnabled: true,
      evaluationFrequency: EVERY,
      windowDuration: duration(atLeast(QUERY_WINDOWS, minutes)),
      // Tables come with their first line.
      skipQueryValidation: true,
      workspaceAlertsStorageEnabled: false,
      criteria: [
        {
          query,
          timeAggregationMethod: "Count",
          operator: "GreaterThan",
          threshold: 0,
          failingPeriods: { minimumFailingPeriodsToTriggerAlert: 1, numberOfEvaluationPeriods: 1 },
        },
      ],
      action: { actionGroups: [people] },
    });
  }

  private byHealth(row: AlertRow, of: string): void {
    const { estate, people } = this;
    const { resourceGroupName, tags } = estate.placed(this);
    new MonitorActivityLogAlert(this, row.id, {
      name: this.nameOf(row),
      resourceGroupName,
      location: "global",
      tags,
      description: this.description(row),
      scopes: [of],
      enabled: true,
      criteria: {
        category: "ResourceHealth",
        resourceHealth: { current: ["Degraded", "Unavailable"], previous: ["Available", "Unknown"] },
      },
      action: [{ actionGroupId: people }],
    });
  }

  private nameOf({ id }: AlertRow): string {
    return this.estate.name("alertRule", id.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase());
  }

  private description(row: AlertRow): string {
    return `${this.estate.settings.environment}: ${row.title}. ${nextOf(row)}`;
  }
}

function nextOf({ next }: AlertRow): string {
  return `What next: ${next}`;
}

function duration(minutes: number): string {
  if (minutes % 1440 === 0) return `P${minutes / 1440}D`;
  return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
}

/** The shortest window that is not shorter, or the longest there is. */
function atLeast(windows: readonly number[], minutes: number): number {
  return windows.find((window) => window >= minutes) ?? Math.max(...windows);
}
