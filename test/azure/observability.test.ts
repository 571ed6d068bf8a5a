import { readFileSync } from "node:fs";
import { alertRows } from "../../lib/azure/parts/alert-table";
import { AzureNames } from "../../lib/azure/parts/names";
import { workbookName } from "../../lib/azure/parts/workbook";
import type { MonitoringProps } from "../../lib/contracts/monitoring";
import { alertRows as googleRows } from "../../lib/gcp/parts/alert-table";
import { GcpNames } from "../../lib/gcp/parts/names";
import { PRODUCTION as GOOGLE } from "../gcp/support";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const METRIC = "azurerm_monitor_metric_alert";
const QUERY = "azurerm_monitor_scheduled_query_rules_alert_v2";
const FIGURES = "azurerm_monitor_alert_prometheus_rule_group";
const NAMES = new AzureNames(PRODUCTION);
const ALERTS: MonitoringProps["alerts"] = {
  email: ["ml@acme.example", "oncall@acme.example"],
  maxErrorRate: 0.01,
  maxP95Ms: 250,
  minDiskFreeShare: 0.1,
  noTrafficMinutes: 40,
  maxQueueAgeMinutes: 45,
  gpuIdleMinutes: 90,
};
const WATCHED: MonitoringProps = {
  retentionDays: 120,
  alerts: ALERTS,
  availabilityObjective: 0.995,
  driftThreshold: 0.2,
  archive: { retentionDays: 365, locked: true },
  production: "kubernetes",
};
const BY_LINES = ["managed", "serverless"] as const;

function watched(changes: Partial<MonitoringProps> = {}, settings = PRODUCTION) {
  return onAzure(
    ({ platform, layer }) => {
      const { dashboardUri } = platform.monitoring(layer("observability"), "Monitoring", { ...WATCHED, ...changes });
      layer("observability").addOutput("dashboard", dashboardUri, "Looked at below.");
    },
    settings,
    { assume: true },
  ).observability;
}

interface Rule {
  readonly alert: string;
  readonly expression: string;
  readonly for?: string;
  readonly severity: number;
  readonly annotations: { readonly description: string };
  readonly action: readonly unknown[];
}

/** The rule on the cluster's figures whose title has these words. */
function figure(stack: ReturnType<typeof watched>, words: RegExp): Rule | undefined {
  const rules = only(stack, FIGURES).rule as readonly Rule[];
  return rules.find(({ alert }) => words.test(alert));
}

/** What the alert on logs with this name asks, and over which window. */
function lines(stack: ReturnType<typeof watched>, name: string) {
  const found = resources(stack, QUERY).find(({ name: own }) => own === `acme-test-${name}`);
  const [criteria] = (found?.criteria ?? []) as readonly { readonly query: string }[];
  return { query: criteria?.query, window: found?.window_duration };
}

/** The condition of the alert on a metric with this name. */
function metric(stack: ReturnType<typeof watched>, name: string) {
  const found = resources(stack, METRIC).find(({ name: own }) => own === `acme-test-${name}`);
  return { window: found?.window_size, ...(found?.criteria as readonly object[] | undefined)?.[0] };
}

describe("alerts", () => {
  test("on a cluster are at the thresholds of the config", () => {
    const stack = watched();
    expect(figure(stack, /Predictions fail/)?.expression).toMatch(/^sum\(rate\(.*\)\) \/ sum\(rate\(.*\)\) > 0\.01$/);
    expect(figure(stack, /are slow/)?.expression).toMatch(/^histogram_quantile\(0\.95, .*_bucket\{.*> 0\.25$/);
    expect(figure(stack, /No prediction/)?.expression).toMatch(/\[40m\].*or vector\(0\)\) < 1$/);
    expect(figure(stack, /GPU/)).toMatchObject({ for: "PT90M" });
  });

  test.each(BY_LINES)("on %s are at the thresholds of the config", (production) => {
    const stack = watched({ production });
    expect(lines(stack, "error-rate").query).toMatch(/>= 500\) \| where todouble\(failures\) > requests \* 0\.01$/);
    expect(lines(stack, "latency").query).toMatch(/percentile\(\w+, 95\) \| where p95 > 250$/);
    // Azure has no window of 40 minutes: the next longer one, and the rest stands in the query.
    expect(lines(stack, "no-traffic")).toMatchObject({
      query: expect.stringMatching(/ago\(40m\).*where requests < 1$/),
      window: "PT45M",
    });
    expect(lines(stack, "fast-burn")).toMatchObject({ window: "PT1H" });
  });

  test.each([...BY_LINES, "kubernetes", "instance"] as const)("of everything else are the same on %s", (production) => {
    const stack = watched({ production });
    expect(metric(stack, "queue-age")).toMatchObject({
      metric_name: "ActiveMessages",
      aggregation: "Minimum",
      threshold: 0,
      window: "PT1H",
    });
    expect(metric(stack, "dead-letters")).toMatchObject({ metric_name: "DeadletteredMessages", threshold: 0 });
    expect(metric(stack, "database-disk")).toMatchObject({ metric_name: "storage_percent", threshold: 90 });
    expect(metric(stack, "database-cpu")).toMatchObject({ metric_name: "cpu_percent", threshold: 90 });
    expect(metric(stack, "training-gpu-idle")).toMatchObject({
      metric_name: "GpuUtilization",
      threshold: 5,
      window: "PT6H",
    });
    expect(metric(stack, "failed-run")).toMatchObject({
      metric_name: "Failed Runs",
      aggregation: "Total",
      threshold: 0,
    });
    expect(lines(stack, "drift").query).toContain("todouble(line.distance) >= 0.2");
    expect(lines(stack, "key-deleted").query).toContain("KeyPurge");
    expect(only(stack, "azurerm_monitor_activity_log_alert")).toMatchObject({
      scopes: [expect.stringContaining(NAMES.databaseServer)],
      criteria: { category: "ResourceHealth" },
    });
  });

  test("are of the same things as on Google Cloud", () => {
    const google = new GcpNames(GOOGLE);
    const same = { FailedBackup: "DatabaseHealth", KeyDestroyed: "KeyDeleted" } as Readonly<Record<string, string>>;
    for (const production of ["kubernetes", "managed", "serverless", "instance"] as const) {
      const ours = alertRows(NAMES, { ...WATCHED, production });
      const theirs = googleRows(google, { ...WATCHED, production });
      const missing = theirs.filter(({ id }) => !ours.some((row) => row.id === (same[id] ?? id)));
      expect(missing.map(({ id }) => id)).toEqual([]);
      for (const row of theirs) {
        const twin = ours.find(({ id }) => id === (same[row.id] ?? row.id));
        expect([row.id, twin?.severity]).toEqual([row.id, row.severity]);
      }
    }
  });

  test("look at the numbers that the scoring app gives", () => {
    const app = readFileSync("pipelines/serving/metrics.py", "utf8");
    // Prometheus adds _total to counters and _bucket to histograms.
    for (const series of ["predict_requests", "predict_seconds"]) expect(app).toContain(`"${series}"`);
    expect(figure(watched(), /Predictions fail/)?.expression.match(/predict_requests_total\{/g)).toHaveLength(2);
    expect(figure(watched(), /are slow/)?.expression).toContain("predict_seconds_bucket{");
  });

  test("on Container Apps and Azure ML look at production's service, not at QA's", () => {
    const app = `ContainerAppName == "${NAMES.name("containerApp", "serving")}"`;
    const endpoint = `EndpointName == "${NAMES.name("mlEndpoint", "serving")}"`;
    expect(lines(watched({ production: "serverless" }), "error-rate").query).toContain(app);
    expect(lines(watched({ production: "managed" }), "error-rate").query).toContain(endpoint);
  });

  test("of a machine say that it does not run: it has no numbers of its requests", () => {
    const stack = watched({ production: "instance" });
    expect(metric(stack, "machine-down")).toMatchObject({ metric_name: "VmAvailabilityMetric", operator: "LessThan" });
    expect(figure(stack, /Predictions/)).toBeUndefined();
    expect(lines(stack, "error-rate").query).toBeUndefined();
  });

  test("of silence and of drift are left out when they are not wanted", () => {
    const stack = watched({ alerts: { ...ALERTS, noTrafficMinutes: 0 }, driftThreshold: undefined });
    expect(figure(stack, /No prediction/)).toBeUndefined();
    expect(lines(stack, "drift").query).toBeUndefined();
  });

  test.each([
    [0.995, 0.072],
    [0.95, 0.5],
  ])("of a promise of %d come at a share of failures that failing can reach", (availabilityObjective, share) => {
    expect(figure(watched({ availabilityObjective }), /too fast/)?.expression).toMatch(new RegExp(`> ${share}$`));
  });

  test("reach everybody, say what to do next, and how bad it is", () => {
    const stack = watched();
    const group = only(stack, "azurerm_monitor_action_group");
    expect(group.email_receiver).toHaveLength(2);
    expect(String(group.short_name).length).toBeLessThanOrEqual(12);
    const { rule: rules } = only(stack, FIGURES) as { readonly rule: readonly Rule[] };
    const others = [...resources(stack, METRIC), ...resources(stack, QUERY)];
    expect(rules.length + others.length).toBeGreaterThanOrEqual(13);
    for (const { action, severity, annotations } of rules) {
      expect(action).toHaveLength(1);
      expect([0, 1, 2]).toContain(severity);
      expect(annotations.description).toMatch(/^What next: .{30,}/);
    }
    for (const other of others) {
      expect(JSON.stringify(other.action)).toContain("azurerm_monitor_action_group");
      expect([0, 1, 2]).toContain(other.severity);
      expect(other.description).toMatch(/What next: .{30,}/);
    }
  });

  test("may be made before the first request: what is not there yet is no error", () => {
    const stack = watched({ production: "serverless" });
    for (const query of resources(stack, QUERY)) expect(query).toMatchObject({ skip_query_validation: true });
    for (const one of resources(stack, METRIC)) expect(one.criteria).toMatchObject([{ skip_metric_validation: true }]);
  });
});

describe("the workbook", () => {
  const text = (stack = watched()) => String(only(stack, "azurerm_application_insights_workbook").data_json);

  test("has the same text and the same name for the same estate", () => {
    expect(text()).toBe(text());
    expect(workbookName(NAMES)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(workbookName(NAMES)).toBe(workbookName(new AzureNames(PRODUCTION)));
    expect(workbookName(NAMES)).not.toBe(workbookName(new AzureNames({ ...PRODUCTION, environment: "other" })));
  });

  test.each([
    ["kubernetes", 10],
    ["serverless", 10],
    ["instance", 7],
  ] as const)("shows of %s what there is", (production, charts) => {
    const { items } = JSON.parse(text(watched({ production })));
    expect(items).toHaveLength(charts + 1);
    for (const { content } of items.slice(1)) expect(content.title.length).toBeGreaterThan(5);
  });

  test("is found by a link into this tenant", () => {
    expect(watched()?.output.dashboard?.value).toBe(
      `https://portal.azure.com/#@${PRODUCTION.tenant}/resource${NAMES.id("Microsoft.Insights/workbooks", workbookName(NAMES))}/workbook`,
    );
  });
});

describe("logs", () => {
  test("are kept as long as the config says", () => {
    const tables = resources(watched(), "azurerm_log_analytics_workspace_table");
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining(["ContainerLogV2", "AKSAuditAdmin"]));
    for (const table of tables) expect(table).toMatchObject({ retention_in_days: 120, workspace_id: NAMES.logs });
    const [longest] = resources(watched({ retentionDays: 3650 }), "azurerm_log_analytics_workspace_table");
    expect(longest).toMatchObject({ retention_in_days: 730 });
  });

  test("of what was done go into an archive that nobody can change, encrypted and never public", () => {
    const stack = watched();
    expect(only(stack, "azurerm_storage_account")).toMatchObject({
      public_network_access_enabled: false,
      shared_access_key_enabled: false,
      customer_managed_key: { key_vault_key_id: NAMES.keyUri("storage") },
      lifecycle: { prevent_destroy: true },
    });
    const policies = resources(stack, "azurerm_storage_container_immutability_policy");
    expect(policies).toHaveLength(5);
    for (const policy of policies) {
      expect(policy).toMatchObject({
        immutability_period_in_days: 365,
        locked: true,
        protected_append_writes_enabled: true,
      });
    }
  });

  test("go where Azure Monitor looks for a place for them", () => {
    const stack = watched();
    const places = resources(stack, "azurerm_storage_container").map(({ name }) => name);
    const settings = resources(stack, "azurerm_monitor_diagnostic_setting").filter(
      ({ storage_account_id: archive }) => archive !== undefined,
    );
    const categories = settings.flatMap(({ enabled_log: logs }) => logs as readonly { readonly category: string }[]);
    expect(categories).toHaveLength(5);
    for (const { category } of categories) expect(places).toContain(`insights-logs-${category.toLowerCase()}`);
    expect(settings.map(({ target_resource_id: of }) => of)).toEqual(
      expect.arrayContaining([NAMES.vaultId, NAMES.cluster, NAMES.registryId]),
    );
    for (const { depends_on: waits, name } of settings) {
      expect(JSON.stringify(waits)).toContain("immutability_policy");
      // Several environments may share a vault, whose settings have names of their own.
      expect(name).toBe("acme-test-archive");
    }
  });

  test("are deleted from the archive no earlier than they may be", () => {
    expect(only(watched(), "azurerm_storage_management_policy").rule).toMatchObject([
      { actions: { base_blob: { delete_after_days_since_modification_greater_than: 365 } } },
    ]);
  });

  test("are not archived unless that is wanted, and a throwaway archive can be thrown away", () => {
    expect(resources(watched({ archive: undefined }), "azurerm_storage_account")).toEqual([]);
    const stack = watched({ archive: { retentionDays: 30, locked: false } }, DEVELOPMENT);
    expect(only(stack, "azurerm_storage_account")).not.toHaveProperty("lifecycle");
    for (const policy of resources(stack, "azurerm_storage_container_immutability_policy")) {
      expect(policy).toMatchObject({ locked: false });
    }
  });
});
