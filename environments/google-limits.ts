/** What Google Cloud cannot do. */
import { SERVING_LIMITS } from "../lib/core/google-serving-limits";
import { above, type Limit, modelsOf, servingLimit, stateElsewhere } from "./limit";

/** Every limit, with the nearest choice. */
export const GOOGLE_LIMITS: readonly Limit[] = [
  {
    path: ["serving", "qa", "target"],
    cannot: (value) => value === "instance",
    use: "container",
    because: "a single container is Cloud Run's, which is nothing when idle",
  },
  {
    path: ["delivery", "runner"],
    cannot: (runner, { delivery }) =>
      runner === "network" && delivery?.source !== undefined && delivery.source.host !== "secureSourceManager",
    use: "hosted",
    because:
      "Cloud Build's private machines have no way to a repository outside; the cluster is reached by its DNS endpoint with IAM, so hosted ones deploy it too",
    harmless: true,
  },
  stateElsewhere("azurerm", { type: "gcs" }),
  {
    path: ["monitoring", "availabilityObjective"],
    cannot: above(0.999),
    use: 0.999,
    // https://cloud.google.com/stackdriver/docs/solutions/slo-monitoring
    because: "Google Cloud's monitoring takes at most 0.999",
  },
  modelsOf("publishers/", "publishers/PUBLISHER/models/MODEL"),
  ...SERVING_LIMITS.flatMap((limit) => (limit.instead ? [servingLimit(limit, limit.instead.value)] : [])),
];
