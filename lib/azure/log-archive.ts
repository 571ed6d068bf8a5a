import type { MonitoringProps } from "../contracts/monitoring";
import { Construct } from "../framework";
import { blobsOf } from "./access-logs";
import {
  MonitorDiagnosticSetting,
  StorageContainer,
  StorageContainerImmutabilityPolicy,
  StorageManagementPolicy,
} from "./bindings";
import { sendLogs } from "./diagnostics";
import type { AzureEstate } from "./estate";
import { privateEndpoint } from "./private-endpoint";
import { guardedAccount } from "./storage-account";

/** Days that something deleted after its time can still be brought back. */
const SOFT_DELETE_DAYS = 7;

/** How long, and whether for good. */
export type LogArchiveProps = NonNullable<MonitoringProps["archive"]>;

/** Whose logs say what was done, and by whom. */
interface Source {
  readonly id: string;
  readonly of: string;
  readonly categories: readonly string[];
}

/**
 * What was done with keys and secrets, in the cluster, and with images, where nobody can change it for a while; when locked, not
 * even the subscription's owner, and the account cannot be removed before its last line has expired.
 * https://learn.microsoft.com/en-us/azure/storage/blobs/immutable-time-based-retention-policy-overview
 *
 * The containers are made before Azure Monitor would make them, under the names that it gives them, so that the first line
 * is kept as the last one. It writes as one of Azure's own services, past the closed door.
 *
 * Not here: the subscription's activity log. Its routing is a setting of the whole subscription, which who deploys an
 * environment has no right to; Azure keeps it for 90 days, and its owner routes it once for all environments
 * (`az monitor diagnostic-settings subscription create`).
 */
export class AzureLogArchive extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { retentionDays, locked }: LogArchiveProps,
    private readonly estate: AzureEstate,
  ) {
    super(scope, id);
    const { production } = estate.settings;
    const account = guardedAccount(
      this,
      "Account",
      {
        name: estate.name("storageAccount", "log-archive"),
        deletionProtection: production,
        secondRegion: production,
        // Lines that cannot be changed need no earlier versions.
        versioned: false,
        softDeleteDays: SOFT_DELETE_DAYS,
      },
      estate,
    );
    for (const source of this.sources()) {
      const policies = source.categories.map((category) => this.keep(category, account.id, { retentionDays, locked }));
      this.write(source, account.id, policies);
    }
    // Who looks into the archive is little, and worth knowing.
    sendLogs(this, "Reads", { of: blobsOf(account), logs: ["StorageRead", "StorageDelete"] }, estate);
    new StorageManagementPolicy(this, "Expiry", {
      storageAccountId: account.id,
      rule: [
        {
          name: "expired",
          enabled: true,
          filters: { blobTypes: ["appendBlob"] },
          actions: { baseBlob: { deleteAfterDaysSinceModificationGreaterThan: retentionDays } },
        },
      ],
    });
    privateEndpoint(
      this,
      "Endpoint",
      { of: account.id, name: "log-archive", subresource: "blob", zones: ["blob"] },
      estate,
    );
  }

  private sources(): readonly Source[] {
    const { vaultId, cluster, registryId } = this.estate;
    return [
      { id: "Vault", of: vaultId, categories: ["AuditEvent"] },
      { id: "Cluster", of: cluster, categories: ["kube-audit-admin", "guard"] },
      {
        id: "Images",
        of: registryId,
        categories: ["ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"],
      },
    ];
  }

  /** The container of one category, and how long what lies there cannot be changed: only more can be added to it. */
  private keep(category: string, account: string, { retentionDays, locked }: LogArchiveProps) {
    const container = new StorageContainer(this, `Of-${category}`, {
      name: `insights-logs-${category.toLowerCase()}`,
      storageAccountId: account,
      containerAccessType: "private",
      ...(this.estate.settings.production ? { lifecycle: { preventDestroy: true } } : {}),
    });
    return new StorageContainerImmutabilityPolicy(this, `Kept-${category}`, {
      storageContainerResourceManagerId: container.id,
      immutabilityPeriodInDays: retentionDays,
      protectedAppendWritesEnabled: true,
      locked,
    });
  }

  private write(
    { id, of, categories }: Source,
    storageAccountId: string,
    policies: StorageContainerImmutabilityPolicy[],
  ) {
    new MonitorDiagnosticSetting(this, id, {
      // A vault or cluster that was there before may send to several environments' archives.
      name: this.estate.name("diagnosticSetting", "archive"),
      targetResourceId: of,
      storageAccountId,
      enabledLog: categories.map((category) => ({ category })),
      dependsOn: policies,
    });
  }
}
