import type { IDataIntegration } from "../contracts/data-services";
import { Construct } from "../framework";
import { AzapiResource } from "./azapi";
import { DataFactoryIntegrationRuntimeAzure, DataFactoryManagedPrivateEndpoint } from "./bindings";
import { AzureDataFactory } from "./data-factory";
import type { AzureEstate } from "./estate";
import { grantOnce } from "./grants";
import { AzureWorkloadIdentity } from "./workload-identity";

/** Reads and writes the objects of one container. */
const DATASETS = "Storage Blob Data Contributor";

/** Machines of a flow: the least there are, kept for ten minutes for the next one. */
const RUNTIME = { computeType: "General", coreCount: 8, timeToLiveMin: 10 } as const;

/**
 * A place of data that flows name. The main provider knows them without an identity of one's own only.
 * https://learn.microsoft.com/en-us/azure/data-factory/connector-azure-blob-storage#user-assigned-managed-identity-authentication
 */
interface LinkedService {
  readonly properties: {
    readonly type: "AzureBlobStorage";
    readonly description: string;
    readonly connectVia: { readonly referenceName: string; readonly type: "IntegrationRuntimeReference" };
    readonly typeProperties: {
      readonly serviceEndpoint: string;
      readonly accountKind: "StorageV2";
      readonly credential: { readonly referenceName: string; readonly type: "CredentialReference" };
    };
  };
}

/**
 * Data Factory as the tool that builds data flows without code. It has the container of the datasets as a linked service, reached by a private
 * endpoint of the factory's own network.
 *
 * That endpoint waits until somebody who looks after the storage account approves it, as the service demands:
 * `az network private-endpoint-connection approve`.
 *
 * A factory of its own, apart from the workflow engine's: each is a switch, and who may only ask for a new model gets no right on data.
 */
export class AzureDataIntegration extends Construct implements IDataIntegration {
  readonly uri: string;

  constructor(scope: Construct, id: string, estate: AzureEstate) {
    super(scope, id);
    const identity = new AzureWorkloadIdentity(this, "Identity", { workload: "data-flows" }, estate);
    grantOnce(this, identity, { right: "datasets", role: DATASETS, scope: estate.containerId("datasets") });
    const factory = new AzureDataFactory(this, "Flows", { role: "data-flows", identity }, estate);
    this.uri = factory.uri;
    const runtime = new DataFactoryIntegrationRuntimeAzure(this, "Runtime", {
      name: "network",
      dataFactoryId: factory.id,
      description: "Machines in the factory's own network",
      location: estate.settings.region,
      virtualNetworkEnabled: true,
      cleanupEnabled: true,
      ...RUNTIME,
    });
    const endpoint = new DataFactoryManagedPrivateEndpoint(this, "Endpoint", {
      name: "datasets",
      dataFactoryId: factory.id,
      targetResourceId: estate.storageAccountId("datasets"),
      subresourceName: "blob",
    });
    new AzapiResource<LinkedService>(
      this,
      "Datasets",
      {
        type: "Microsoft.DataFactory/factories/linkedservices@2018-06-01",
        name: "datasets",
        parentId: factory.id,
        body: {
          properties: {
            type: "AzureBlobStorage",
            description: "Container of the datasets",
            connectVia: { referenceName: runtime.name, type: "IntegrationRuntimeReference" },
            typeProperties: {
              serviceEndpoint: `https://${estate.storageAccount("datasets")}.blob.core.windows.net`,
              accountKind: "StorageV2",
              credential: { referenceName: factory.credential, type: "CredentialReference" },
            },
          },
        },
        dependsOn: [endpoint],
      },
      estate,
    );
  }
}
