import type { MetadataDatabaseProps } from "../contracts/metadata-database";
import type { Construct } from "../framework";
import { SqlDatabaseInstance } from "./bindings";
import type { GcpEstate } from "./estate";

/** The edition that has the size classes' machines, https://cloud.google.com/sql/docs/editions-intro. */
const EDITION = "ENTERPRISE";
/** Days of transaction logs, from which any second can be restored: the most that this edition keeps. */
const MOST_LOG_DAYS = 7;
/** Sunday, 03:00 UTC; backups begin at 01:00. */
const MAINTENANCE = { day: 7, hour: 3 } as const;

/** In what servers differ. */
export interface SqlServerKind {
  readonly name: string;
  /** https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1beta4/SqlDatabaseVersion. */
  readonly version: string;
  /** Settings of the server beyond its defaults, by name. */
  readonly flags: Readonly<Record<string, string>>;
  /** What makes the server keep transaction logs; MySQL needs them for its standby too. */
  readonly logs: { readonly pointInTimeRecoveryEnabled: true } | { readonly binaryLogEnabled: true };
}

/** A server of Cloud SQL, of whichever kind: reached inside the network only, by the Auth Proxy or a connector only. */
export function sqlServer(
  scope: Construct,
  kind: SqlServerKind,
  props: MetadataDatabaseProps,
  estate: GcpEstate,
): SqlDatabaseInstance {
  const { deletionProtection = true } = props;
  return new SqlDatabaseInstance(scope, "Instance", {
    name: kind.name,
    databaseVersion: kind.version,
    region: estate.settings.region,
    encryptionKeyName: estate.key("database"),
    deletionProtection,
    settings: {
      ...sizeAndSafety(props, estate),
      deletionProtectionEnabled: deletionProtection,
      ipConfiguration: address(estate),
      backupConfiguration: { ...backups(props, estate), ...kind.logs },
      databaseFlags: Object.entries(kind.flags).map(([name, value]) => ({ name, value })),
      ...care(estate),
      userLabels: estate.labels(scope),
    },
    // The disk grows by itself, and cannot shrink.
    lifecycle: { ignoreChanges: ["settings[0].disk_size"] },
    timeouts: { create: "60m", update: "60m", delete: "60m" },
  });
}

function sizeAndSafety(props: MetadataDatabaseProps, estate: GcpEstate) {
  const { storageGiB = 20, highAvailability = false } = props;
  return {
    tier: estate.machine(props.class).type,
    edition: EDITION,
    activationPolicy: "ALWAYS",
    availabilityType: highAvailability ? "REGIONAL" : "ZONAL",
    diskType: "PD_SSD",
    diskSize: storageGiB,
    diskAutoresize: true,
    retainBackupsOnDelete: true,
    // Both: whoever has no identity that may connect does not even get to the password.
    connectorEnforcement: "REQUIRED",
  };
}

function address(estate: GcpEstate) {
  return {
    ipv4Enabled: false,
    privateNetwork: estate.network,
    // Of the network that is made; who brings one has leased a range of it already, or several.
    ...(estate.settings.existing.network === undefined ? { allocatedIpRange: estate.name("address", "managed") } : {}),
    // Clients show a certificate of their own, which the Auth Proxy and the connectors fetch by the identity's rights.
    sslMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
    enablePrivatePathForGoogleCloudServices: false,
  };
}

function backups({ backupRetentionDays = 7 }: MetadataDatabaseProps, estate: GcpEstate) {
  return {
    enabled: true,
    startTime: "01:00",
    location: estate.settings.region,
    transactionLogRetentionDays: Math.min(backupRetentionDays, MOST_LOG_DAYS),
    // One a day.
    backupRetentionSettings: { retainedBackups: backupRetentionDays, retentionUnit: "COUNT" },
  };
}

function care(estate: GcpEstate) {
  return {
    // Development meets an update two to five weeks before production does.
    maintenanceWindow: { ...MAINTENANCE, updateTrack: estate.settings.production ? "week5" : "canary" },
    insightsConfig: {
      queryInsightsEnabled: true,
      queryStringLength: 1024,
      queryPlansPerMinute: 5,
      recordApplicationTags: true,
      recordClientAddress: false,
    },
    passwordValidationPolicy: {
      enablePasswordPolicy: true,
      complexity: "COMPLEXITY_DEFAULT",
      minLength: 16,
      reuseInterval: 5,
      disallowUsernameSubstring: true,
    },
  };
}
