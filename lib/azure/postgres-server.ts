import type { MetadataDatabaseProps } from "../contracts/metadata-database";
import type { Construct } from "../framework";
import { PostgresqlFlexibleServer, PostgresqlFlexibleServerConfiguration } from "./bindings";
import type { AzureEstate } from "./estate";
import { POSTGRES_AFTER, POSTGRES_PARAMETERS } from "./parts/database-parameters";
import { isPaired } from "./parts/replication";

/** The newest major version that the provider takes, https://learn.microsoft.com/en-us/azure/postgresql/configure-maintain/concepts-supported-versions. */
const VERSION = "18";
/** Smallest disk, MiB; the others are twice the one before, up to 4 TiB. https://learn.microsoft.com/en-us/azure/postgresql/compute-storage/concepts-storage-premium-ssd */
const SMALLEST_DISK = 32_768;
const MIB_PER_GIB = 1024;
/** Sunday, 03:00 UTC. */
export const MAINTENANCE = { dayOfWeek: 0, startHour: 3, startMinute: 0 } as const;
/** Days that a backup can be kept. */
const BACKUP_DAYS = { least: 7, most: 35 } as const;

/** PostgreSQL: inside the network only, by identities of Entra only. */
export function postgresServer(
  scope: Construct,
  props: MetadataDatabaseProps,
  estate: AzureEstate,
): PostgresqlFlexibleServer {
  const { storageGiB = 20, backupRetentionDays = BACKUP_DAYS.least, deletionProtection = true } = props;
  const { production, tenant } = estate.settings;
  return new PostgresqlFlexibleServer(scope, "Server", {
    name: estate.databaseServer,
    ...estate.placed(scope),
    version: VERSION,
    skuName: estate.machine(props.class).type,
    storageMb: diskFor(storageGiB),
    autoGrowEnabled: true,
    backupRetentionDays: Math.min(Math.max(backupRetentionDays, BACKUP_DAYS.least), BACKUP_DAYS.most),
    geoRedundantBackupEnabled: copiedElsewhere(estate),
    publicNetworkAccessEnabled: false,
    delegatedSubnetId: estate.subnet("database"),
    privateDnsZoneId: estate.privateZone("postgres"),
    authentication: { activeDirectoryAuthEnabled: true, passwordAuthEnabled: false, tenantId: tenant },
    ...zones(props, estate),
    ...databaseKey(estate),
    // Without a window the service picks the day, a week before those who have one: development meets an update first.
    // https://learn.microsoft.com/en-us/azure/postgresql/configure-maintain/concepts-maintenance
    ...(production ? { maintenanceWindow: MAINTENANCE } : {}),
    lifecycle: {
      // The disk grows by itself and cannot shrink; after a failover the zones have changed places.
      ignoreChanges: ["storage_mb", "zone", "high_availability[0].standby_availability_zone"],
      ...(deletionProtection ? { preventDestroy: true } : {}),
    },
  });
}

/** Sets the server's parameters; a change of one that is read at the start restarts the server. */
export function setParameters(scope: Construct, server: PostgresqlFlexibleServer): void {
  const made = new Map<string, PostgresqlFlexibleServerConfiguration>();
  for (const [name, value] of Object.entries(POSTGRES_PARAMETERS)) {
    const after = made.get(afterOf(name) ?? "");
    const parameter = new PostgresqlFlexibleServerConfiguration(scope, name.replaceAll(".", "-"), {
      name,
      serverId: server.id,
      value,
      ...(after ? { dependsOn: [after] } : {}),
    });
    made.set(name, parameter);
  }
}

function afterOf(name: string): string | undefined {
  return Object.entries(POSTGRES_AFTER).find(([later]) => later === name)?.[1];
}

/** The smallest disk that holds so much, MiB. */
function diskFor(gib: number): number {
  return SMALLEST_DISK * 2 ** Math.max(0, Math.ceil(Math.log2((gib * MIB_PER_GIB) / SMALLEST_DISK)));
}

/**
 * Whether backups are copied to the paired region, where there is one; the same for both kinds of servers. There the copy takes a
 * key and an identity of that region, and the environment has its keys in its own only:
 * https://learn.microsoft.com/en-us/azure/postgresql/security/security-data-encryption
 */
export function copiedElsewhere({ settings: { production, ownKeys, region } }: AzureEstate): boolean {
  return production && !ownKeys && isPaired(region);
}

/** Where server and standby stand; the same for both kinds of servers. */
export function zones({ highAvailability = false }: MetadataDatabaseProps, { settings }: AzureEstate) {
  const [zone, other] = settings.zones;
  if (!highAvailability) return { zone };
  // A region without zones keeps the standby beside the server, on other hardware.
  if (other === undefined) return { zone, highAvailability: { mode: "SameZone" } };
  return { zone, highAvailability: { mode: "ZoneRedundant", standbyAvailabilityZone: other } };
}

/** The environment's own key, without a version, so that a rotated one is taken; Azure's own without. */
export function databaseKey(estate: AzureEstate) {
  const key = estate.keyUri("database");
  if (key === undefined) return {};
  const reader = estate.identity("encryption");
  return {
    identity: { type: "UserAssigned", identityIds: [reader] },
    customerManagedKey: { keyVaultKeyId: key, primaryUserAssignedIdentityId: reader },
  };
}
