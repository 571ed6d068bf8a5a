import type { Construct } from "../framework";
import { StorageAccount } from "./bindings";
import type { AzureEstate } from "./estate";
import { replicationOf } from "./parts/replication";
import { protect } from "./protection";

/** What differs between accounts. */
export interface GuardedAccount {
  readonly name: string;
  readonly deletionProtection: boolean;
  /** Whether production keeps a copy in the partner region. */
  readonly secondRegion: boolean;
  /** Keep earlier versions of a blob. Not possible in a data lake. */
  readonly versioned: boolean;
  /** Days that what was deleted can be brought back: 1 to 365. */
  readonly softDeleteDays: number;
  /** Whether blobs lie in real folders (Data Lake Storage Gen2). @default false */
  readonly lake?: boolean;
}

/** A container that was deleted comes back for as long, https://learn.microsoft.com/en-us/azure/storage/blobs/soft-delete-container-overview. */
const CONTAINER_DAYS = 7;

/**
 * A storage account that nobody has a key to and the internet does not reach: Entra alone decides, over private endpoints. Azure's own
 * services that have a right (Azure ML, Event Grid, Azure Monitor) pass the firewall.
 * https://learn.microsoft.com/en-us/azure/storage/blobs/security-recommendations
 */
export function guardedAccount(
  scope: Construct,
  id: string,
  { name, deletionProtection, secondRegion, versioned, softDeleteDays, lake = false }: GuardedAccount,
  estate: AzureEstate,
): StorageAccount {
  const account = new StorageAccount(scope, id, {
    ...estate.placed(scope),
    name,
    accountKind: "StorageV2",
    accountTier: "Standard",
    accessTier: "Hot",
    accountReplicationType: replicationOf(estate.settings, secondRegion),
    ...(lake ? { isHnsEnabled: true } : {}),
    httpsTrafficOnlyEnabled: true,
    minTlsVersion: "TLS1_2",
    publicNetworkAccessEnabled: false,
    networkRules: { defaultAction: "Deny", bypass: ["AzureServices"] },
    allowNestedItemsToBePublic: false,
    sharedAccessKeyEnabled: false,
    localUserEnabled: false,
    defaultToOauthAuthentication: true,
    crossTenantReplicationEnabled: false,
    allowedCopyScope: "AAD",
    // Longer ones are noted; Azure ML hands out some to itself, so they are not refused.
    sasPolicy: { expirationPeriod: "01.00:00:00", expirationAction: "Log" },
    blobProperties: {
      versioningEnabled: versioned,
      deleteRetentionPolicy: { days: softDeleteDays },
      containerDeleteRetentionPolicy: { days: CONTAINER_DAYS },
    },
    ...encryption(estate),
    ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
  });
  protect(scope, { id: account.id, deletionProtection, lock: `${id}Lock` }, estate);
  return account;
}

/** Twice: by the storage service, and below it by the disks'. These cannot be changed later, so they are set in every environment. */
function encryption(estate: AzureEstate) {
  const key = estate.keyUri("storage");
  const identity = estate.identity("encryption");
  return {
    infrastructureEncryptionEnabled: true,
    queueEncryptionKeyType: "Account",
    tableEncryptionKeyType: "Account",
    ...(key
      ? {
          identity: { type: "UserAssigned", identityIds: [identity] },
          // Without a version, so that a rotated key is taken by itself.
          customerManagedKey: { keyVaultKeyId: key, userAssignedIdentityId: identity },
        }
      : {}),
  };
}
