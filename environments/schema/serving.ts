/** How models are checked, released, served, logged and trained again. */
import { z } from "zod";
import { amount, computeClass, cron, email, hostName, share, text, timeZone, whole } from "./fields";

/** Load test in QA: what is sent and what is demanded. */
export const LoadPolicy = z
  .strictObject({
    connections: whole(1, 1000, "connections").default(10).describe("Connections kept busy at once."),
    durationSeconds: amount(1, 3600, "seconds").default(30).describe("Length of the measured part, seconds."),
    warmupSeconds: amount(0, 600, "seconds")
      .default(3)
      .describe("Length of the part before it, not measured, seconds."),
    minRps: amount(0, 1e6, "requests a second").default(100).describe("Fewest answered requests a second."),
    maxP95Ms: amount(1, 60000, "ms").default(250).describe("Highest 95th percentile of the latency, milliseconds."),
    maxP99Ms: amount(1, 60000, "ms").default(500).describe("Highest 99th percentile of the latency, milliseconds."),
    maxErrorRate: share().default(0).describe("Highest share of requests that fail."),
  })
  .meta({ id: "LoadPolicy" });

const CanarySteps = z
  .array(whole(1, 100, "percent"))
  .min(1, { error: "at least one step" })
  .check(({ value, issues }) => {
    // A step out of bounds, or none at all, is said by itself.
    if (value.length === 0 || value.some((step) => step < 1 || step > 100)) return;
    const ascending = value.every((step, index) => index === 0 || step > (value[index - 1] ?? 0));
    if (ascending && value.at(-1) === 100) return;
    issues.push({
      code: "custom",
      input: value,
      message: "percentages that ascend and end with 100, such as [10, 20, 100]",
    });
  });

/** When a canary goes on, waits or is rolled back. "stable" is the version that serves now. */
export const CanaryPolicy = z
  .strictObject({
    steps: CanarySteps.default([10, 20, 100]).describe(
      "Shares of the traffic that the canary gets, percent, ascending, the last 100.",
    ),
    intervalSeconds: amount(1, 86400, "seconds").default(300).describe("Seconds between two looks at the samples."),
    minSamples: whole(1, 1e6, "requests")
      .default(500)
      .describe("Fewest canary requests before a step is judged; without them nothing is promoted."),
    timeoutSeconds: amount(1, 604800, "seconds")
      .default(3600)
      .describe("Seconds after which a step that could not be judged is rolled back."),
    maxErrorRate: share().default(0.01).describe("Highest share of the canary's requests that fail."),
    maxErrorRateIncrease: share()
      .default(0.005)
      .describe("How much the canary's error rate may be above stable's (difference of shares)."),
    maxLatencyMs: amount(1, 60000, "ms")
      .default(250)
      .describe("Highest 95th percentile of the canary's latency, milliseconds."),
    maxLatencyRatio: amount(1, 100, "times")
      .default(1.5)
      .describe("How many times stable's 95th percentile the canary's may be."),
    maxCpuRatio: amount(1, 100, "times")
      .default(2)
      .describe("How many times stable's CPU time a request may the canary's be."),
    maxMemoryRatio: amount(1, 100, "times")
      .default(1.5)
      .describe("How many times stable's memory may the canary's be."),
    minDiskFreeBytes: whole(0, Number.MAX_SAFE_INTEGER, "bytes")
      .default(1073741824)
      .describe("Free disk below which the canary is rolled back, bytes."),
    ab: z
      .strictObject({
        minSamples: whole(1, 1e6, "requests")
          .default(100)
          .describe("Fewest labelled requests of each version before they are compared."),
        minDelta: amount(-1e6, 1e6, "in units of the metric")
          .default(0)
          .describe(
            "By more than this the canary's metric must be better than stable's, in the metric's unit: with 0 an equal model is not promoted, a negative value tolerates a loss.",
          ),
      })
      .meta({ id: "AbPolicy" })
      .prefault({})
      .describe("Comparison of both versions on labelled requests."),
  })
  .meta({ id: "CanaryPolicy" });

/** QA and production serving. */
export const Serving = z
  .strictObject({
    qa: z
      .strictObject({
        target: z
          .enum(["container", "instance", "process"])
          .default("container")
          .describe(
            "container: a serverless container, nothing when idle. instance: one container that always runs (Container Instances on Azure). process: one process (what the local platform makes of container).",
          ),
      })
      .meta({ id: "QaServing" })
      .prefault({})
      .describe("The scoring service that a model is checked on before production."),
    checks: z
      .strictObject({
        load: LoadPolicy.prefault({}).describe("Load test and its thresholds."),
        maxMetric: z
          .number({ error: "a number" })
          .optional()
          .describe(
            "Worst value of the model's metric that may be released (an error measure). Default: the project's own floor.",
          ),
        memoryMiB: whole(64, 1048576, "MiB").default(1024).describe("Memory that a model may need when served, MiB."),
      })
      .meta({ id: "ServingChecks" })
      .prefault({})
      .describe("What a model must pass in QA."),
    production: z
      .strictObject({
        target: z
          .enum(["kubernetes", "managed", "serverless", "instance", "process"])
          .default("kubernetes")
          .describe(
            "Where models are served: kubernetes, managed (the cloud's model endpoint), serverless (a container service), instance (a plain machine), process (the local platform).",
          ),
        expose: z
          .enum(["internal", "public"])
          .default("internal")
          .describe("internal: reachable in the network only. public: from the internet, with auth."),
        host: hostName().optional().describe("Host name that clients call. Default: the address that the cloud gives."),
        auth: z
          .enum(["none", "oidc", "iam"])
          .default("iam")
          .describe(
            "How clients prove who they are: iam (the cloud's identities), oidc (tokens of an issuer), none (internal only).",
          ),
        issuer: text(/^https:\/\/[^\s?#]+$/, "an https address")
          .optional()
          .describe("Token issuer with auth: oidc. Default: the cloud's own."),
        class: computeClass().default("cpu-small").describe("Size of one replica's machine."),
        replicas: z
          .strictObject({
            min: whole(1, 1000, "replicas").default(2).describe("Fewest replicas."),
            max: whole(1, 1000, "replicas").default(6).describe("Most replicas."),
          })
          .meta({ id: "Replicas" })
          .prefault({})
          .describe("Autoscaling of the stable version."),
        canary: CanaryPolicy.prefault({}).describe("How a new version takes over."),
      })
      .meta({ id: "ProductionServing" })
      .prefault({})
      .describe("What clients call."),
  })
  .meta({ id: "Serving" });

/** Logs. */
export const Logging = z
  .strictObject({
    predictions: z
      .strictObject({
        sample: share().default(1).describe("Share of the requests that is logged with inputs and predictions."),
        retentionDays: whole(1, 3650, "days").default(90).describe("Days they are kept."),
        redact: z
          .array(text(/^\S+$/, "the name of an input"))
          .default([])
          .describe("Names of inputs that are left out."),
      })
      .meta({ id: "PredictionLogging" })
      .prefault({})
      .describe("Prediction logs: request id, model version, inputs, predictions."),
  })
  .meta({ id: "Logging" });

/** What starts a training run by itself. On demand and by new code always work. */
export const Retraining = z
  .strictObject({
    schedule: cron().optional().describe("Five-field cron expression. Default: no schedule."),
    timeZone: timeZone().default("Etc/UTC").describe("IANA time zone of the schedule."),
    newData: z.boolean().default(false).describe("Train when a new data set version arrives."),
    drift: z
      .strictObject({
        metric: z
          .enum(["psi", "jensenShannon", "kolmogorovSmirnov"])
          .default("psi")
          .describe("Distance between training and live inputs."),
        threshold: amount(0, 100).describe("Distance above which training starts."),
      })
      .meta({ id: "DriftTrigger" })
      .optional()
      .describe("Train when the live inputs drift. Default: not watched."),
    performance: z
      .strictObject({
        metric: text(/^[a-z][A-Za-z0-9_]*$/, "the name of a metric of the project").describe(
          "Metric of the project, from late labels.",
        ),
        threshold: z
          .number({ error: "a number" })
          .describe("Value from which on training starts, in the metric's unit."),
      })
      .meta({ id: "PerformanceTrigger" })
      .optional()
      .describe("Train when the model got worse on late labels. Default: not watched."),
    cooldownMinutes: whole(0, 43200, "minutes")
      .default(60)
      .describe("Minutes after a run in which no other starts by itself."),
  })
  .meta({ id: "Retraining" });

/** Logs, metrics and alerts. */
export const Monitoring = z
  .strictObject({
    retentionDays: whole(1, 3650, "days").default(30).describe("Days that logs and metrics are kept."),
    availabilityObjective: z
      .number({ error: "a share such as 0.995" })
      .gt(0, { error: "a share above 0" })
      .lt(1, { error: "a share below 1: nobody can promise that all are good" })
      .default(0.99)
      .describe("Share of good predictions that is promised over 28 days."),
    archive: z
      .strictObject({
        retentionDays: whole(1, 3650, "days").default(365).describe("Days that archived logs are kept."),
        locked: z.boolean().default(false).describe("Nobody can shorten the retention any more. Cannot be undone."),
      })
      .meta({ id: "LogArchive" })
      .optional()
      .describe("A copy of audit logs that is kept apart. Default: none."),
    intervalMinutes: whole(5, 10080, "minutes")
      .default(60)
      .describe("Minutes between two looks at live data for skew and drift."),
    alerts: z
      .strictObject({
        email: z.array(email()).default([]).describe("Who is written to."),
        maxErrorRate: share().default(0.02).describe("Share of failed predictions that raises an alert."),
        maxP95Ms: amount(1, 60000, "ms")
          .default(500)
          .describe("95th percentile of the latency that raises an alert, milliseconds."),
        noTrafficMinutes: whole(0, 10080, "minutes")
          .default(0)
          .describe("Minutes without a prediction that raise an alert; 0: not watched."),
        maxQueueAgeMinutes: whole(1, 10080, "minutes")
          .default(30)
          .describe("Age of the oldest undelivered event that raises an alert, minutes."),
        gpuIdleMinutes: whole(5, 10080, "minutes")
          .default(60)
          .describe("Minutes a GPU may stand idle before an alert."),
        minDiskFreeShare: share().default(0.1).describe("Share of free disk below which an alert is raised."),
      })
      .meta({ id: "Alerts" })
      .prefault({})
      .describe("What is told to people."),
  })
  .meta({ id: "Monitoring" });
