import type { IContainerService, ModelServerProps } from "../contracts/serving";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";
import { mailOf } from "./identity-roles";
import { GcpRunService } from "./run-service";
import { GcpServingSettings, HEALTH_PATH, SERVING_PORT } from "./serving-settings";

/** Enough to check a model; nothing while nobody asks. */
const SIZE = { cpu: "1", memory: "1Gi", instances: { min: 0, max: 2 } } as const;

/** QA on Cloud Run: the image of production, on one small container that costs nothing when idle. */
export class GcpContainerService extends Construct implements IContainerService {
  readonly uri: string;

  constructor(scope: Construct, id: string, { logging, identity }: ModelServerProps, estate: GcpEstate) {
    super(scope, id);
    const settings = new GcpServingSettings(this, "Settings", { place: "qa", logging }, estate);
    const service = new GcpRunService(
      this,
      "Run",
      {
        role: "qa",
        account: mailOf(identity),
        containers: [
          {
            name: "serving",
            image: estate.image("serving") ?? "",
            env: settings.env,
            cpu: SIZE.cpu,
            memory: SIZE.memory,
            port: SERVING_PORT,
            // Not whether a model is served: the first revision has none. Probes ask the container itself; from outside,
            // paths that end in z may be Cloud Run's own (https://cloud.google.com/run/docs/known-issues#reserved-url-paths),
            // so a release asks for the model, /v1/models/PROJECT.
            startupPath: HEALTH_PATH,
            livenessPath: HEALTH_PATH,
          },
        ],
        ingress: "internal",
        instances: SIZE.instances,
        releaseOwned: true,
      },
      estate,
    );
    this.uri = service.uri;
  }
}
