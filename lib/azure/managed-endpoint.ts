import type { IModelEndpoint, ModelEndpointProps } from "../contracts/serving";
import { requireServableOnAzure } from "../core/azure-serving-limits";
import { releaseOwned } from "../core/release-owned";
import { Construct } from "../framework";
import { AzapiResource } from "./azapi";
import type { AzureEstate } from "./estate";
import { AZURE_ML_API } from "./parts/azureml";
import { onlineEndpointBody } from "./parts/azureml-online";
import { azureIdentity } from "./workload-identity";

const SETTING = "Microsoft.Insights/diagnosticSettings@2021-05-01-preview";
/** https://learn.microsoft.com/en-us/azure/machine-learning/monitor-azure-machine-learning-reference#resource-logs */
const LOGS = ["AmlOnlineEndpointTrafficLog", "AmlOnlineEndpointConsoleLog", "AmlOnlineEndpointEventLog"] as const;

/**
 * Production on a managed online endpoint of Azure ML. Clients show a token of Entra, and call it through the workspace's
 * private endpoint unless it is public. The deployments (a model version, its image and replicas, how its inputs are
 * collected), their traffic and what of it is mirrored are the release's.
 * https://learn.microsoft.com/en-us/azure/machine-learning/concept-secure-online-endpoint
 */
export class AzureManagedEndpoint extends Construct implements IModelEndpoint {
  readonly uri: string;

  constructor(scope: Construct, id: string, props: ModelEndpointProps, estate: AzureEstate) {
    super(scope, id);
    requireServableOnAzure(props);
    const name = estate.name("mlEndpoint", "serving");
    const endpoint = new AzapiResource(
      this,
      "Endpoint",
      {
        type: `Microsoft.MachineLearningServices/workspaces/onlineEndpoints@${AZURE_ML_API}`,
        name,
        parentId: estate.workspaceId,
        location: estate.settings.region,
        tags: estate.tags(this),
        // It fetches image and model as the workload's own; the workspace's has no part in it.
        identity: [azureIdentity(props.identity).resourceId],
        body: { kind: "Managed", ...onlineEndpointBody("What clients of production call", props.expose) },
        leaveAlone: releaseOwned("Microsoft.MachineLearningServices/workspaces/onlineEndpoints"),
      },
      estate,
    );
    this.writeDown(endpoint, estate);
    // https://learn.microsoft.com/en-us/azure/machine-learning/concept-endpoints-online#endpoints: name and region make its address.
    this.uri = `https://${name}.${estate.settings.region}.inference.ml.azure.com`;
  }

  private writeDown(endpoint: AzapiResource, estate: AzureEstate): void {
    new AzapiResource(
      this,
      "Logs",
      {
        type: SETTING,
        name: "logs",
        parentId: endpoint.id,
        body: {
          properties: {
            workspaceId: estate.logs,
            logs: LOGS.map((category) => ({ category, enabled: true })),
          },
        },
      },
      estate,
    );
  }
}
