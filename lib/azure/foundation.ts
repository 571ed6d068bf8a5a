import { awaitedByName } from "../core/ordering";
import { Construct } from "../framework";
import { KeyVault, LogAnalyticsWorkspace, ResourceGroup } from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { protect } from "./protection";
import { AzureWorkloadIdentity } from "./workload-identity";

/** Days that logs can be asked for; the first 31 cost nothing. */
const LOG_DAYS = 90;
/**
 * Days that a deleted vault, key or secret can be brought back: the most Azure takes, and the same everywhere, because the
 * value cannot be changed afterwards. The vault's name is taken as long; `clouds.azure.nameSalt` gives another one.
 */
const RESTORABLE_DAYS = 90;

/**
 * What everything else of an environment stands in and on: the resource group, the workspace of logs, the vault, and who
 * unwraps the environment's own keys.
 *
 * A deleted vault is recovered when it is made again, which whoever deploys has to be allowed to look up in the
 * subscription; Azure recovers it in its old group and region only
 * (https://learn.microsoft.com/en-us/azure/key-vault/general/key-vault-recovery).
 */
export class AzureFoundation extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { settings } = estate;
    if (settings.resourceGroup === undefined) this.makeGroup();
    this.makeLogs();
    if (settings.existing.vault === undefined) this.makeVault();
    if (settings.ownKeys) {
      const { principal, clientId } = new AzureWorkloadIdentity(this, "Encryption", { workload: "encryption" }, estate);
      estate.share("encryptionPrincipal", principal);
      estate.share("encryptionClientId", clientId);
    }
  }

  private makeGroup(): void {
    const { estate } = this;
    const group = new ResourceGroup(this, "Group", {
      name: estate.resourceGroup,
      location: estate.settings.region,
      tags: estate.tags(this),
      ...this.kept(),
    });
    awaitedByName(this, estate.resourceGroup, [group]);
  }

  /**
   * In production logs are neither sent from nor read on the internet. Azure's services have a way of their own; programs
   * and people come by the private link of Azure Monitor, which stands beside the cluster.
   */
  private makeLogs(): void {
    const { estate } = this;
    const { production } = estate.settings;
    const logs = new LogAnalyticsWorkspace(this, "Logs", {
      name: estate.name("logAnalytics", "ml"),
      ...estate.placed(this),
      sku: "PerGB2018",
      retentionInDays: LOG_DAYS,
      localAuthenticationEnabled: false,
      internetIngestionEnabled: !production,
      internetQueryEnabled: !production,
      // Who may read a resource reads its logs, and nobody else's.
      allowResourceOnlyPermissions: true,
      ...this.kept(),
    });
    awaitedByName(this, estate.logs, [logs]);
    protect(this, { id: logs.id, deletionProtection: production, lock: "LogsLock" }, estate);
    sendLogs(this, "LogsAudit", { of: logs.id, logs: ["audit"] }, estate);
  }

  private makeVault(): void {
    const { estate } = this;
    const { tenant, ownKeys, production } = estate.settings;
    const vault = new KeyVault(this, "Vault", {
      name: estate.name("keyVault", "ml"),
      ...estate.placed(this),
      tenantId: tenant,
      // Keys in hardware, which the other one has not.
      skuName: ownKeys ? "premium" : "standard",
      rbacAuthorizationEnabled: true,
      purgeProtectionEnabled: true,
      softDeleteRetentionDays: RESTORABLE_DAYS,
      publicNetworkAccessEnabled: false,
      // Azure's services that encrypt with a key are let in by being what they are; what they may do is decided by roles.
      networkAcls: { defaultAction: "Deny", bypass: "AzureServices" },
      enabledForDeployment: false,
      enabledForDiskEncryption: false,
      enabledForTemplateDeployment: false,
      ...this.kept(),
    });
    awaitedByName(this, estate.vaultId, [vault]);
    protect(this, { id: vault.id, deletionProtection: production, lock: "VaultLock" }, estate);
    sendLogs(this, "VaultLogs", { of: vault.id, logs: ["allLogs"] }, estate);
  }

  /** In production Terraform itself refuses to destroy what holds logs, keys and secrets. */
  private kept() {
    return this.estate.settings.production ? { lifecycle: { preventDestroy: true } } : {};
  }
}
