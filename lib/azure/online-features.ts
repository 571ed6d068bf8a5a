import type { FeatureGroup } from "../contracts/feature-store";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { checkGrant } from "../core/grants";
import { Construct } from "../framework";
import { logRequests } from "./access-logs";
import { CosmosdbAccount, CosmosdbSqlContainer, CosmosdbSqlDatabase, CosmosdbSqlRoleAssignment } from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { privateEndpoint } from "./private-endpoint";
import { protect } from "./protection";

/**
 * Roles of Cosmos DB's own, on the database: Azure's roles do not reach its data.
 * https://learn.microsoft.com/en-us/azure/cosmos-db/nosql/reference-data-plane-security#built-in-roles
 */
const ROLES = {
  read: "00000000-0000-0000-0000-000000000001",
  readWrite: "00000000-0000-0000-0000-000000000002",
} as const;

const DATABASE = "features";
/** What is found by its key alone: an item's id is the entity's value. */
const KEY = "/id";
/** Request units a second that production grows to; it is never billed for less than a tenth. Elsewhere each request is paid for. */
const MOST_UNITS = 4000;

/** What is served. */
export interface OnlineFeaturesProps {
  readonly groups: readonly FeatureGroup[];
  readonly deletionProtection: boolean;
}

/**
 * The latest features in Cosmos DB: a container for each group, an item for each entity, read by its key in a few
 * milliseconds. No keys to the account, private, encrypted, restorable to any second of the last week.
 */
export class OnlineFeatures extends Construct {
  readonly uri: string;
  private readonly name: string;
  private readonly account: string;

  constructor(
    scope: Construct,
    id: string,
    { groups, deletionProtection }: OnlineFeaturesProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    this.name = estate.name("cosmosAccount", "features");
    this.account = estate.id("Microsoft.DocumentDB/databaseAccounts", this.name);
    this.uri = `https://${this.name}.documents.azure.com/dbs/${DATABASE}`;
    const account = this.makeAccount(deletionProtection);
    protect(this, { id: account.id, deletionProtection }, estate);
    privateEndpoint(
      this,
      "Endpoint",
      { of: account.id, name: "features-online", subresource: "Sql", zones: ["cosmos"] },
      estate,
    );
    sendLogs(this, "Logs", { of: account.id, logs: ["ControlPlaneRequests"] }, estate);
    logRequests(this, { of: account.id, requests: ["DataPlaneRequests"] }, estate);
    this.makeContainers(account, groups, deletionProtection);
  }

  /** Gives a right on the database, in the grantee's layer, once. */
  grant(to: IWorkloadIdentity, right: keyof typeof ROLES): void {
    checkGrant(this, to);
    const id = `${this.node.scope?.node.id ?? ""}-${right}-online`;
    if (to.node.tryFindChild(id) !== undefined) return;
    new CosmosdbSqlRoleAssignment(to, id, {
      resourceGroupName: this.estate.resourceGroup,
      accountName: this.name,
      principalId: to.principal,
      roleDefinitionId: `${this.account}/sqlRoleDefinitions/${ROLES[right]}`,
      scope: `${this.account}/dbs/${DATABASE}`,
    });
  }

  private makeAccount(deletionProtection: boolean): CosmosdbAccount {
    const { estate } = this;
    const { production, zones, region } = estate.settings;
    return new CosmosdbAccount(this, "Account", {
      ...estate.placed(this),
      name: this.name,
      offerType: "Standard",
      kind: "GlobalDocumentDB",
      ...(production ? {} : { capabilities: [{ name: "EnableServerless" }] }),
      // A reader that passes on its session sees what was written before; others see it a moment later.
      consistencyPolicy: { consistencyLevel: "Session" },
      geoLocation: [{ location: region, failoverPriority: 0, zoneRedundant: production && zones.length > 0 }],
      backup: { type: "Continuous", tier: "Continuous7Days" },
      publicNetworkAccessEnabled: false,
      networkAclBypassForAzureServices: false,
      localAuthenticationDisabled: true,
      accessKeyMetadataWritesEnabled: false,
      minimalTlsVersion: "Tls12",
      ...encryption(estate),
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
  }

  private makeContainers(account: CosmosdbAccount, groups: readonly FeatureGroup[], deletionProtection: boolean): void {
    const { resourceGroup: resourceGroupName, settings } = this.estate;
    const database = new CosmosdbSqlDatabase(this, "Database", {
      name: DATABASE,
      resourceGroupName,
      accountName: account.name,
      ...(settings.production ? { autoscaleSettings: { maxThroughput: MOST_UNITS } } : {}),
      ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
    });
    for (const { name } of groups) {
      new CosmosdbSqlContainer(this, `Group-${name}`, {
        name,
        resourceGroupName,
        accountName: account.name,
        databaseName: database.name,
        partitionKeyPaths: [KEY],
        partitionKeyVersion: 2,
        // Nothing is searched for, so writes need not keep an index.
        indexingPolicy: { indexingMode: "none" },
        ...(deletionProtection ? { lifecycle: { preventDestroy: true } } : {}),
      });
    }
  }
}

/** With the environment's own key from the first day: it cannot be given later. */
function encryption(estate: AzureEstate) {
  const keyVaultKeyId = estate.keyUri("storage");
  const identity = estate.identity("encryption");
  return keyVaultKeyId === undefined
    ? {}
    : {
        keyVaultKeyId,
        identity: { type: "UserAssigned", identityIds: [identity] },
        defaultIdentityType: `UserAssignedIdentity=${identity}`,
      };
}
