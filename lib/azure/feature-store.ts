import type { FeatureStoreProps, IFeatureStore } from "../contracts/feature-store";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { awaitedByName } from "../core/ordering";
import { Construct } from "../framework";
import { BLOB_REQUESTS, blobsOf, logRequests } from "./access-logs";
import { type StorageAccount, StorageContainer } from "./bindings";
import type { AzureEstate } from "./estate";
import { FeatureCatalog } from "./feature-catalog";
import { type AzureRight, grantOnce } from "./grants";
import { OnlineFeatures } from "./online-features";
import { privateEndpoint } from "./private-endpoint";
import { guardedAccount } from "./storage-account";

/**
 * Roles on the container and on the catalog. Who reads gets no more than to look: Azure's own advice, AzureML Data Scientist, may also
 * change what features there are.
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-setup-access-control-feature-store
 */
const ROLES = {
  read: { files: "Storage Blob Data Reader", catalog: "Reader" },
  readWrite: { files: "Storage Blob Data Contributor", catalog: "AzureML Data Scientist" },
} as const;

/** Name of the container; in the account and in its address. */
const CONTAINER = "features";
/** Days that a deleted file can be brought back. A data lake keeps no versions. */
const SOFT_DELETE_DAYS = 30;

/**
 * Features in a data lake, registered with Azure ML's managed feature store, and their latest values in Cosmos DB for serving.
 *
 * Azure ML itself fills one online store only, Azure Cache for Redis, which is being retired and which new customers cannot
 * make any more (https://learn.microsoft.com/en-us/azure/azure-cache-for-redis/retirement-faq); so the step that writes
 * features writes the latest ones to Cosmos DB, too. Entities are registered here. A feature set refers to a specification in
 * a file, so the release registers it (`az ml feature-set create`).
 */
export class AzureFeatureStore extends Construct implements IFeatureStore {
  readonly offlineUri: string;
  readonly onlineUri: string;
  readonly grants: IFeatureStore["grants"];
  private readonly catalog: FeatureCatalog;
  private readonly online: OnlineFeatures;
  private readonly files: string;

  constructor(
    scope: Construct,
    id: string,
    { groups, deletionProtection = true }: FeatureStoreProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const account = estate.name("storageAccount", CONTAINER);
    const lake = estate.id("Microsoft.Storage/storageAccounts", account);
    this.files = `${lake}/blobServices/default/containers/${CONTAINER}`;
    awaitedByName(this, lake, [this.makeLake(account, deletionProtection)]);
    this.catalog = new FeatureCatalog(this, "Catalog", { groups, lake, files: this.files, deletionProtection }, estate);
    this.online = new OnlineFeatures(this, "Online", { groups, deletionProtection }, estate);
    this.offlineUri = `abfss://${CONTAINER}@${account}.dfs.core.windows.net`;
    this.onlineUri = this.online.uri;
    this.grants = { read: (to) => this.grant(to, "read"), readWrite: (to) => this.grant(to, "readWrite") };
  }

  private makeLake(name: string, deletionProtection: boolean): StorageAccount {
    const { estate } = this;
    const lake = guardedAccount(
      this,
      "Lake",
      {
        name,
        deletionProtection,
        secondRegion: true,
        versioned: false,
        softDeleteDays: SOFT_DELETE_DAYS,
        lake: true,
      },
      estate,
    );
    const container = new StorageContainer(this, "Container", {
      name: CONTAINER,
      storageAccountId: lake.id,
      containerAccessType: "private",
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
    awaitedByName(this, this.files, [container]);
    for (const subresource of ["blob", "dfs"] as const) {
      const endpoint = `${CONTAINER}-${subresource}`;
      privateEndpoint(
        this,
        `Endpoint-${subresource}`,
        { of: lake.id, name: endpoint, subresource, zones: [subresource] },
        estate,
      );
    }
    logRequests(this, { of: blobsOf(lake), requests: BLOB_REQUESTS }, estate);
    return lake;
  }

  private grant(to: IWorkloadIdentity, right: keyof typeof ROLES): void {
    const rights: readonly AzureRight[] = [
      { right: `${right}-files`, role: ROLES[right].files, scope: this.files },
      { right: `${right}-catalog`, role: ROLES[right].catalog, scope: this.catalog.id },
    ];
    for (const each of rights) grantOnce(this, to, each);
    this.online.grant(to, right);
  }
}
