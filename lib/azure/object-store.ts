import type { IObjectStore, IObjectStoreGrants, ObjectStoreProps, ObjectStorePurpose } from "../contracts/object-store";
import { awaitedByName } from "../core/ordering";
import { Construct } from "../framework";
import { BLOB_REQUESTS, blobsOf, logRequests } from "./access-logs";
import { type StorageAccount, StorageContainer, StorageManagementPolicy } from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { grantOnce } from "./grants";
import { PIPELINE_FOLDER } from "./parts/names";
import { privateEndpoint } from "./private-endpoint";
import { guardedAccount } from "./storage-account";

/** Roles on one container, https://learn.microsoft.com/en-us/azure/role-based-access-control/built-in-roles/storage. */
const ROLES = { read: "Storage Blob Data Reader", readWrite: "Storage Blob Data Contributor" } as const;

/**
 * Parts of an account that private endpoints lead to. The artifacts' account is the one that the Azure ML workspace keeps its own
 * things in, notebooks and code among them, which lie in a file share:
 * https://learn.microsoft.com/en-us/azure/machine-learning/how-to-secure-workspace-vnet.
 */
const SUBRESOURCES: Partial<Record<ObjectStorePurpose, readonly ("blob" | "file")[]>> = { artifacts: ["blob", "file"] };

/**
 * Folders that expire; of other purposes, everything does. Registered models lie in the artifacts too, so only what runs pass
 * between their steps goes there.
 */
const EXPIRING: Partial<Record<ObjectStorePurpose, readonly string[]>> = { artifacts: [`${PIPELINE_FOLDER}/`] };

/** Days that what was deleted can be brought back, at least; 365 at most. */
const SOFT_DELETE_DAYS = { min: 7, max: 365 } as const;

/**
 * A storage account of its own with one container: private, encrypted, versioned, its requests logged. Upload parts that never
 * became a blob are removed by Azure after a week.
 */
export class AzureObjectStore extends Construct implements IObjectStore {
  readonly uri: string;
  readonly grants: IObjectStoreGrants;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ObjectStoreProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { purpose, versioned = true, noncurrentDays = 30, deletionProtection = true } = props;
    const account = guardedAccount(
      this,
      "Account",
      {
        name: estate.storageAccount(purpose),
        deletionProtection,
        // What happened is worth less than what it happened to.
        secondRegion: purpose !== "access-logs",
        versioned,
        softDeleteDays: softDeleteDays(versioned ? noncurrentDays : 0),
      },
      estate,
    );
    const container = new StorageContainer(this, "Container", {
      name: purpose,
      storageAccountId: account.id,
      containerAccessType: "private",
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
    awaitedByName(this, estate.storageAccountId(purpose), [account]);
    awaitedByName(this, estate.containerId(purpose), [container]);
    this.expire(account);
    this.connect(account);
    if (purpose === "access-logs") {
      // They cannot be among themselves. Who reads or removes them is little, and worth knowing.
      sendLogs(this, "Logs", { of: blobsOf(account), logs: ["StorageRead", "StorageDelete"] }, estate);
    } else logRequests(this, { of: blobsOf(account), requests: BLOB_REQUESTS }, estate);
    this.uri = estate.containerUri(purpose);
    this.grants = {
      read: (to) => grantOnce(this, to, { right: "read", role: ROLES.read, scope: estate.containerId(purpose) }),
      readWrite: (to) =>
        grantOnce(this, to, { right: "readWrite", role: ROLES.readWrite, scope: estate.containerId(purpose) }),
    };
  }

  private expire(account: StorageAccount): void {
    const rule = lifecycle(this.props);
    if (rule.length > 0) new StorageManagementPolicy(this, "Lifecycle", { storageAccountId: account.id, rule });
  }

  private connect(account: StorageAccount): void {
    const { purpose } = this.props;
    for (const subresource of SUBRESOURCES[purpose] ?? (["blob"] as const)) {
      const name = `${purpose}-${subresource}`;
      privateEndpoint(
        this,
        `Endpoint-${subresource}`,
        { of: account.id, name, subresource, zones: [subresource] },
        this.estate,
      );
    }
  }
}

/**
 * Azure counts a version's age from when it was written, not from when another took its place. So what the rule removes stays
 * restorable for as long again: an old blob that was overwritten yesterday is not lost today.
 */
function softDeleteDays(noncurrentDays: number): number {
  return Math.min(SOFT_DELETE_DAYS.max, Math.max(SOFT_DELETE_DAYS.min, noncurrentDays));
}

/**
 * What is removed by itself: blobs past their time, and earlier versions.
 * https://learn.microsoft.com/en-us/azure/storage/blobs/lifecycle-management-policy-structure
 */
function lifecycle({ purpose, expireAfterDays, versioned = true, noncurrentDays = 30 }: ObjectStoreProps) {
  const folders = EXPIRING[purpose];
  // Azure appends to the blobs of logs.
  const blobTypes = purpose === "access-logs" ? ["blockBlob", "appendBlob"] : ["blockBlob"];
  return [
    ...(versioned
      ? [
          {
            name: "earlier-versions",
            enabled: true,
            filters: { blobTypes: ["blockBlob"] },
            actions: {
              version: { deleteAfterDaysSinceCreation: noncurrentDays },
              snapshot: { deleteAfterDaysSinceCreationGreaterThan: noncurrentDays },
            },
          },
        ]
      : []),
    ...(expireAfterDays === undefined
      ? []
      : [
          {
            name: "expire",
            enabled: true,
            filters: {
              blobTypes,
              ...(folders ? { prefixMatch: folders.map((folder) => `${purpose}/${folder}`) } : {}),
            },
            actions: { baseBlob: { deleteAfterDaysSinceModificationGreaterThan: expireAfterDays } },
          },
        ]),
  ];
}
