import type { PredictionLogging } from "../contracts/serving";
import { stableJson } from "../core/hash";
import type { AppContainer } from "./container-app";
import type { AzureEstate } from "./estate";

/** Where the scoring app listens, on every target but Kubernetes, which decides for itself. */
export const SERVING_PORT = 8080;

/** Answers 200 as long as the process works, whether or not a model is released. */
export const HEALTH_PATH = "/healthz";

/** What a place that serves is given. */
export interface ServingSettings {
  /** `qa` or `production`. */
  readonly place: string;
  readonly logging: PredictionLogging;
}

/**
 * Variables of the scoring app's image, see pipelines/serving/hosted.py. The model comes first, as its place in the list is
 * the release's; how predictions are logged stands beside it as text, because no object can be written from outside the network.
 */
export function servingEnv({ place, logging }: ServingSettings, estate: AzureEstate): Readonly<Record<string, string>> {
  return {
    SERVING_MODEL: "",
    SERVING_SLOT: place,
    SERVING_SETTINGS: stableJson({ logging }),
    SERVING_LOGS: estate.containerUri("prediction-logs"),
  };
}

/** The scoring app as a container. The first revision has no model, so its health is that of the process. */
export function scoringContainer(
  settings: ServingSettings,
  size: Pick<AppContainer, "cpu" | "memoryGiB">,
  estate: AzureEstate,
): AppContainer {
  return {
    name: "serving",
    image: estate.builtImage("serving"),
    env: servingEnv(settings, estate),
    ...size,
    port: SERVING_PORT,
    startupPath: HEALTH_PATH,
    livenessPath: HEALTH_PATH,
  };
}
