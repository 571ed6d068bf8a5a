import { readFileSync } from "node:fs";
import type { MonitoringProps } from "../../lib/contracts/monitoring";
import { GcpNames } from "../../lib/gcp/parts/names";
import { endpointNumber } from "../../lib/gcp/parts/served-metrics";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const NAMES = new GcpNames(PRODUCTION);
const ALERTS: MonitoringProps["alerts"] = {
  email: ["ml@acme.example", "oncall@acme.example"],
  maxErrorRate: 0.01,
  maxP95Ms: 250,
  minDiskFreeShare: 0.1,
  noTrafficMinutes: 30,
  maxQueueAgeMinutes: 45,
  gpuIdleMinutes: 90,
};
const WATCHED: MonitoringProps = {
  retentionDays: 90,
  alerts: ALERTS,
  availabilityObjective: 0.995,
  driftThreshold: 0.2,
  archive: { retentionDays: 365, locked: true },
  production: "kubernetes",
};
const TARGETS = ["kubernetes", "managed", "serverless"] as const;

function watched(changes: Partial<MonitoringProps> = {}, settings = PRODUCTION) {
  return onGcp(({ platform, layer }) => {
    const { dashboardUri } = platform.monitoring(layer("observability"), "Monitoring", { ...WATCHED, ...changes });
    layer("observability").addOutput("dashboard", dashboardUri, "Looked at below.");
  }, settings).observability;
}

interface Policy {
  readonly display_name: string;
  readonly severity: string;
  readonly conditions: readonly Record<
    string,
    { readonly query?: string; readonly filter?: string; readonly duration?: string }
  >[];
  readonly documentation: { readonly content: string };
  readonly alert_strategy: Record<string, unknown>;
  readonly notification_channels: readonly string[];
}

function policies(stack: ReturnType<typeof watched>): readonly Policy[] {
  return resources(stack, "google_monitoring_alert_policy") as unknown as readonly Policy[];
}

/** The PromQL condition of the one alert whose title has these words. */
function query(stack: ReturnType<typeof watched>, words: RegExp) {
  const found = policies(stack).filter(({ display_name }) => words.test(display_name));
  expect(found).toHaveLength(1);
  return found[0]?.conditions[0]?.condition_prometheus_query_language;
}

/** What the one alert whose title has these words looks for in the logs. */
function logFilter(stack: ReturnType<typeof watched>, words: RegExp): string | undefined {
  const found = policies(stack).filter(({ display_name }) => words.test(display_name));
  expect(found).toHaveLength(1);
  return found[0]?.conditions[0]?.condition_matched_log?.filter;
}

describe("alerts", () => {
  test.each(TARGETS)("on %s are at the thresholds of the config", (production) => {
    const stack = watched({ production });
    const second = production === "kubernetes" ? 1 : 1000;
    expect(query(stack, /Predictions fail/)?.query).toMatch(/^sum\(rate\(.*\)\) \/ sum\(rate\(.*\)\) > 0\.01$/);
    expect(query(stack, /are slow/)?.query).toMatch(
      new RegExp(`^histogram_quantile\\(0\\.95, .*_bucket\\{.*> ${0.25 * second}$`),
    );
    expect(query(stack, /No prediction/)?.query).toMatch(/\[30m\].*or vector\(0\)\) < 1$/);
    expect(query(stack, /An event waits/)?.query).toMatch(/> 2700$/);
    expect(query(stack, /GPU/)?.duration).toBe("5400s");
    expect(query(stack, /disk free/)?.query).toMatch(/> 0\.9$/);
  });

  test("look at the numbers that the scoring app gives", () => {
    const app = readFileSync("pipelines/serving/metrics.py", "utf8");
    // Prometheus adds _total to counters and _bucket to histograms.
    for (const series of ["predict_requests", "predict_seconds"]) expect(app).toContain(`"${series}"`);
    expect(query(watched(), /Predictions fail/)?.query?.match(/predict_requests_total\{/g)).toHaveLength(2);
    expect(query(watched(), /No prediction/)?.query).toContain("predict_requests_total{");
    expect(query(watched(), /are slow/)?.query).toContain("predict_seconds_bucket{");
  });

  test("on Cloud Run and Vertex AI look at production's service, not at QA's", () => {
    expect(query(watched({ production: "serverless" }), /fail \(/)?.query).toContain(
      `service_name="${NAMES.name("runService", "serving")}"`,
    );
    expect(query(watched({ production: "managed" }), /fail \(/)?.query).toContain(
      `endpoint_id="${endpointNumber(NAMES)}"`,
    );
  });

  test("of a machine say that it does not run: it has no numbers of its requests", () => {
    const stack = watched({ production: "instance" });
    expect(query(stack, /does not run/)?.query).toContain(NAMES.name("instance", "serving"));
    expect(policies(stack).some(({ display_name }) => /Predictions/.test(display_name))).toBe(false);
    expect(resources(stack, "google_monitoring_slo")).toEqual([]);
  });

  test("of silence and of drift are left out when they are not wanted", () => {
    const titles = policies(watched({ alerts: { ...ALERTS, noTrafficMinutes: 0 }, driftThreshold: undefined }));
    expect(titles.map(({ display_name }) => display_name).join()).not.toMatch(/No prediction|drifted/);
  });

  test("reach everybody, say what to do next, and how bad it is", () => {
    const made = policies(watched());
    expect(made.length).toBeGreaterThanOrEqual(13);
    expect(new Set(made.map(({ display_name }) => display_name)).size).toBe(made.length);
    for (const policy of made) {
      expect(policy.notification_channels).toHaveLength(2);
      expect(policy.documentation.content).toMatch(/^\*\*What next:\*\* .{30,}/);
      expect(["CRITICAL", "ERROR", "WARNING"]).toContain(policy.severity);
      expect(policy.alert_strategy).toMatchObject({ auto_close: "1800s" });
    }
    expect(resources(watched(), "google_monitoring_notification_channel")).toHaveLength(2);
  });

  test("may be made before the first request: a series that is not there yet is no error", () => {
    const conditions = policies(watched()).flatMap((policy) => policy.conditions);
    const queries = conditions.flatMap(({ condition_prometheus_query_language: found }) => (found ? [found] : []));
    for (const found of queries) expect(found).toMatchObject({ disable_metric_validation: true });
  });

  test("say which resource a number is of: without it a number of several kinds of resources has no answer", () => {
    const queries = policies(watched()).flatMap(({ conditions }) =>
      conditions.flatMap((one) => one.condition_prometheus_query_language?.query ?? []),
    );
    const text = String(only(watched(), "google_monitoring_dashboard").dashboard_json).replaceAll('\\"', '"');
    const series = [...queries, text].flatMap((one) => one.match(/[a-z]+_(googleapis_com|io):\w+.{0,21}/g) ?? []);
    expect(series.length).toBeGreaterThan(9);
    for (const one of series) expect(one).toContain("{monitored_resource=");
  });

  test("of drift begin at the distance that the config says", () => {
    const filter = logFilter(watched({ driftThreshold: 0.35 }), /drifted/);
    expect(filter).toContain("jsonPayload.distance>=0.35");
  });

  test("of runs, drift, backups and keys come from the logs, one mail an hour", () => {
    const byLog = policies(watched()).filter(({ conditions }) => conditions[0]?.condition_matched_log);
    expect(byLog).toHaveLength(4);
    for (const { alert_strategy } of byLog)
      expect(alert_strategy).toMatchObject({
        notification_rate_limit: { period: "3600s" },
        notification_prompts: ["OPENED"],
      });
  });
});

describe("what is promised", () => {
  test.each(TARGETS)("on %s is a share of good predictions over 28 days, with a warning", (production) => {
    const stack = watched({ production });
    expect(only(stack, "google_monitoring_slo")).toMatchObject({ goal: 0.995, rolling_period_days: 28 });
    const text = JSON.stringify(only(stack, "google_monitoring_slo").request_based_sli);
    expect(text).toContain("total_service_filter");
    expect(text).toContain("bad_service_filter");
    expect(JSON.stringify(policies(stack))).toContain("select_slo_burn_rate");
  });

  test.each([
    [0.995, 14.4],
    [0.95, 10],
    [0.8, 2.5],
  ])("of %d warns at a rate that failing can reach", (availabilityObjective, threshold) => {
    const found = policies(watched({ availabilityObjective })).find(({ display_name }) =>
      /too fast/.test(display_name),
    );
    expect(found?.conditions[0]?.condition_threshold).toMatchObject({ threshold_value: threshold });
    expect(threshold).toBeLessThan(1 / (1 - availabilityObjective));
  });

  test("is at most what Cloud Monitoring takes", () => {
    expect(() => watched({ availabilityObjective: 0.9995 })).toThrow(/at most 0\.999/);
  });
});

describe("the dashboard", () => {
  test("has the same text for the same estate, within its grid, and no zeros that the service would drop", () => {
    const text = (stack = watched()) => String(only(stack, "google_monitoring_dashboard").dashboard_json);
    expect(text()).toBe(text());
    const { mosaicLayout } = JSON.parse(text());
    expect(mosaicLayout.tiles).toHaveLength(8);
    for (const { xPos = 0, width, widget } of mosaicLayout.tiles) {
      expect(xPos + width).toBeLessThanOrEqual(mosaicLayout.columns);
      expect(widget.title.length).toBeGreaterThan(5);
    }
    expect(text()).not.toMatch(/"[xy]Pos":0/);
    expect(JSON.parse(text(watched({ production: "instance" }))).mosaicLayout.tiles).toHaveLength(5);
  });

  test("is found by a link into this project", () => {
    expect(watched()?.output.dashboard?.value).toMatch(
      /^https:\/\/console\.cloud\.google\.com\/.*\?project=acme-ml-test$/,
    );
  });
});

describe("logs", () => {
  test("are kept as long as the config says", () => {
    expect(only(watched(), "google_logging_project_bucket_config")).toMatchObject({
      bucket_id: "_Default",
      retention_days: 90,
    });
  });

  test("of what was done go into an archive that nobody can change, encrypted and never public", () => {
    const stack = watched();
    expect(only(stack, "google_storage_bucket")).toMatchObject({
      name: NAMES.bucket("log-archive"),
      retention_policy: { retention_period: 365 * 86_400, is_locked: true },
      uniform_bucket_level_access: true,
      public_access_prevention: "enforced",
      encryption: { default_kms_key_name: NAMES.key("storage") },
      force_destroy: false,
    });
    expect(only(stack, "google_logging_project_sink")).toMatchObject({
      unique_writer_identity: true,
      filter: expect.stringContaining('log_id("cloudaudit.googleapis.com/activity")'),
    });
    expect(only(stack, "google_storage_bucket_iam_member")).toMatchObject({
      role: "roles/storage.objectCreator",
      member: expect.stringContaining("writer_identity"),
    });
  });

  test("are deleted from the archive no earlier than they may be", () => {
    const rules = only(watched(), "google_storage_bucket").lifecycle_rule as {
      action: { type: string };
      condition: { age: number };
    }[];
    expect(rules.find(({ action }) => action.type === "Delete")?.condition.age).toBe(365);
  });

  test("of keys and secrets say who read them", () => {
    const services = resources(watched(), "google_project_iam_audit_config");
    expect(services.map(({ service }) => service)).toEqual(
      expect.arrayContaining(["cloudkms.googleapis.com", "secretmanager.googleapis.com"]),
    );
    expect(services[0]?.audit_log_config).toEqual([
      { log_type: "ADMIN_READ" },
      { log_type: "DATA_READ" },
      { log_type: "DATA_WRITE" },
    ]);
  });

  test("are not archived unless that is wanted, and a throwaway archive can be thrown away", () => {
    expect(resources(watched({ archive: undefined }), "google_storage_bucket")).toEqual([]);
    const archive = { retentionDays: 30, locked: false };
    expect(only(watched({ archive }, DEVELOPMENT), "google_storage_bucket")).toMatchObject({
      force_destroy: true,
      retention_policy: { is_locked: false },
    });
  });
});
