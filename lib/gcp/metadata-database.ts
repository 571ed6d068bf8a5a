import {
  DATABASES,
  type DatabaseName,
  type IMetadataDatabase,
  type MetadataDatabaseProps,
} from "../contracts/metadata-database";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import { ProjectIamMember, SqlDatabase, SqlDatabaseInstance, SqlUser } from "./bindings";
import { GcpDatabaseAccess } from "./database-access";
import { GcpDatabasePassword } from "./database-password";
import { DATABASE_OWNERS, DATABASE_ROLES, onlyDatabaseServer, userOf } from "./database-users";
import type { GcpEstate } from "./estate";
import { grantOnce } from "./grants";
import { SQL_FLAGS } from "./sql-flags";

/** The newest major version, https://cloud.google.com/sql/docs/postgres/admin-api/rest/v1beta4/SqlDatabaseVersion. */
const VERSION = "POSTGRES_18";
/** The edition that has the size classes' machines, https://cloud.google.com/sql/docs/editions-intro. */
const EDITION = "ENTERPRISE";
/** Days of transaction logs, from which any second can be restored: the most that this edition keeps. */
const MOST_LOG_DAYS = 7;
/** Sunday, 03:00 UTC; backups begin at 01:00. */
const MAINTENANCE = { day: 7, hour: 3 } as const;

/**
 * Cloud SQL for PostgreSQL: reached inside the network only, by the Auth Proxy or a connector only, logged into with IAM
 * identities. What an identity may do inside the databases is given by a job, see {@link GcpDatabaseAccess}.
 */
export class GcpMetadataDatabase extends Construct implements IMetadataDatabase {
  readonly host: string;
  readonly port = 5432;
  /** Identities log in without a password. */
  readonly passwordReference = null;
  readonly grants: { connect(to: IWorkloadIdentity): void };

  constructor(
    scope: Construct,
    id: string,
    private readonly props: MetadataDatabaseProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const { deletionProtection = true } = props;
    const instance = new SqlDatabaseInstance(this, "Instance", {
      name: estate.databaseInstance,
      databaseVersion: VERSION,
      region: estate.settings.region,
      encryptionKeyName: estate.key("database"),
      deletionProtection,
      settings: this.settings(deletionProtection),
      // The disk grows by itself, and cannot shrink.
      lifecycle: { ignoreChanges: ["settings[0].disk_size"] },
      timeouts: { create: "60m", update: "60m", delete: "60m" },
    });
    for (const name of DATABASES) {
      new SqlDatabase(this, name, { name, instance: instance.name, deletionPolicy: "ABANDON" });
    }
    new GcpDatabasePassword(this, "Setup", { instance, deletionProtection }, estate);
    this.host = handOver(this, {
      key: "databaseHost",
      value: instance.privateIpAddress,
      example: "10.20.64.3",
      description: "Private address of the metadata database",
    });
    this.grants = { connect: (to) => this.connect(to) };
  }

  /** The user is the service account of the workload that owns the database. */
  uri(database: DatabaseName): string {
    const user = encodeURIComponent(this.estate.databaseUser(DATABASE_OWNERS[database]));
    return `postgresql://${user}@${this.host}:${this.port}/${database}`;
  }

  private settings(deletionProtection: boolean) {
    const { props, estate } = this;
    const { storageGiB = 20, highAvailability = false } = props;
    return {
      tier: estate.machine(props.class).type,
      edition: EDITION,
      activationPolicy: "ALWAYS",
      availabilityType: highAvailability ? "REGIONAL" : "ZONAL",
      diskType: "PD_SSD",
      diskSize: storageGiB,
      diskAutoresize: true,
      deletionProtectionEnabled: deletionProtection,
      retainBackupsOnDelete: true,
      // Both: whoever has no identity that may connect does not even get to the password.
      connectorEnforcement: "REQUIRED",
      ipConfiguration: this.address(),
      backupConfiguration: this.backups(),
      databaseFlags: Object.entries(SQL_FLAGS).map(([name, value]) => ({ name, value })),
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
      userLabels: estate.labels(this),
    };
  }

  private address() {
    const { estate } = this;
    return {
      ipv4Enabled: false,
      privateNetwork: estate.network,
      // Of the network that is made; who brings one has leased a range of it already, or several.
      ...(estate.settings.existing.network === undefined
        ? { allocatedIpRange: estate.name("address", "managed") }
        : {}),
      // Clients show a certificate of their own, which the Auth Proxy and the connectors fetch by the identity's rights.
      sslMode: "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
      enablePrivatePathForGoogleCloudServices: false,
    };
  }

  private backups() {
    const { backupRetentionDays = 7 } = this.props;
    return {
      enabled: true,
      startTime: "01:00",
      location: this.estate.settings.region,
      pointInTimeRecoveryEnabled: true,
      transactionLogRetentionDays: Math.min(backupRetentionDays, MOST_LOG_DAYS),
      // One a day.
      backupRetentionSettings: { retainedBackups: backupRetentionDays, retentionUnit: "COUNT" },
    };
  }

  private connect(to: IWorkloadIdentity): void {
    const { estate } = this;
    grantOnce(this, to, "connect", (scope, id) => {
      const bound = Object.entries(DATABASE_ROLES).map(
        ([what, role]) =>
          new ProjectIamMember(scope, `${id}-${what}`, {
            project: estate.settings.project,
            role,
            member: to.principal,
            condition: onlyDatabaseServer(estate),
          }),
      );
      new SqlUser(scope, id, {
        name: userOf(to.principal),
        instance: estate.databaseInstance,
        type: "CLOUD_IAM_SERVICE_ACCOUNT",
        // A user that owns tables cannot be deleted; without its account nobody can log in as it.
        deletionPolicy: "ABANDON",
        // These wait for the account.
        dependsOn: bound,
      });
    });
    GcpDatabaseAccess.of(to, estate)?.add(to.principal);
  }
}
