import type { IContainerService, ModelServerProps } from "../contracts/serving";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";
import { mailOf } from "./identity-roles";
import { GcpRunService } from "./run-service";
import { GcpServingSettings, scoringContainer } from "./serving-settings";

/** Enough to check a model; nothing while nobody asks. */
const SIZE = { container: { cpu: "1", memory: "1Gi" }, instances: { min: 0, max: 2 } } as const;

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
        containers: [scoringContainer(settings, SIZE.container, estate)],
        ingress: "internal",
        instances: SIZE.instances,
        releaseOwned: true,
      },
      estate,
    );
    this.uri = service.uri;
  }
}
