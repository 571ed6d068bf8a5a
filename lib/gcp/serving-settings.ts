import type { PredictionLogging } from "../contracts/serving";
import { stableJson } from "../core/hash";
import { Construct } from "../framework";
import { StorageBucketObject } from "./bindings";
import type { GcpEstate } from "./estate";
import type { RunContainer } from "./run-service";

/** Where the scoring app listens, on every target but Kubernetes, which decides for itself. */
export const SERVING_PORT = 8080;

/** Answers 200 as long as the process works, whether or not a model is released. */
export const HEALTH_PATH = "/healthz";

/** The scoring app as a container of Cloud Run. The first revision has no model, so its health is that of the process. */
export function scoringContainer(
  { env }: GcpServingSettings,
  size: Pick<RunContainer, "cpu" | "memory">,
  estate: GcpEstate,
): RunContainer {
  return {
    name: "serving",
    image: estate.builtImage("serving"),
    env,
    ...size,
    port: SERVING_PORT,
    // Probes ask the container itself; from outside, paths that end in z may be Cloud Run's own
    // (https://cloud.google.com/run/docs/known-issues#reserved-url-paths), so a release asks for the model, /v1/models/PROJECT.
    startupPath: HEALTH_PATH,
    livenessPath: HEALTH_PATH,
  };
}

/** What a place that serves is given. */
export interface ServingSettingsProps {
  /** `qa` or `production`. */
  readonly place: string;
  readonly logging: PredictionLogging;
}

/**
 * How predictions are logged in one place, as an object that the scoring app reads when it starts, wherever it runs: what
 * it is started with belongs to the release, and what stood there would no longer follow the config. It lies beside the
 * models, which whoever serves may read anyway.
 */
export class GcpServingSettings extends Construct {
  /** Variables of the scoring app's image; the release adds SERVING_MODEL. See pipelines/serving/hosted.py. */
  readonly env: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { place, logging }: ServingSettingsProps, estate: GcpEstate) {
    super(scope, id);
    const bucket = estate.bucket("artifacts");
    const name = `serving/${place}/settings.json`;
    new StorageBucketObject(this, "Object", {
      bucket,
      name,
      content: stableJson({ logging }),
      contentType: "application/json",
      // Read at each start: an earlier version must not come back.
      cacheControl: "no-store",
    });
    this.env = {
      SERVING_SLOT: place,
      SERVING_SETTINGS: `gs://${bucket}/${name}`,
      SERVING_LOGS: `gs://${estate.bucket("prediction-logs")}`,
    };
  }
}
