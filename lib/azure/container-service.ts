import type { ContainerServiceProps, IContainerService } from "../contracts/serving";
import { requireQaOnAzure } from "../core/azure-serving-limits";
import { Construct } from "../framework";
import { AzureContainerApp } from "./container-app";
import { AzureContainerInstance } from "./container-instance";
import type { AzureEstate } from "./estate";
import { scoringContainer } from "./serving-settings";
import { azureIdentity } from "./workload-identity";

/** Enough to check a model. */
const SIZE = { cpu: 0.5, memoryGiB: 1 } as const;
/** Nothing while nobody asks. */
const INSTANCES = { min: 0, max: 2 } as const;

/**
 * QA: the image of production, on one small container. On Container Apps, which cost nothing when idle, unless it is to run
 * always, on Container Instances; why so, see AZURE_QA_LIMITS.
 */
export class AzureContainerService extends Construct implements IContainerService {
  readonly uri: string;

  constructor(scope: Construct, id: string, props: ContainerServiceProps, estate: AzureEstate) {
    super(scope, id);
    const { target = "container", logging } = props;
    requireQaOnAzure({ target, internet: estate.settings.internet });
    const identity = azureIdentity(props.identity);
    const container = scoringContainer({ place: "qa", logging }, SIZE, estate);
    const common = { role: "qa", identity } as const;
    const made =
      target === "instance"
        ? new AzureContainerInstance(this, "Instance", { ...common, container }, estate)
        : new AzureContainerApp(
            this,
            "App",
            {
              ...common,
              containers: [container],
              ingress: "internal",
              instances: INSTANCES,
              releaseOwned: true,
              uriKey: "qaHost",
            },
            estate,
          );
    this.uri = made.uri;
  }
}
