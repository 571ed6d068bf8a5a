import type { Construct } from "../framework";
import type { SizeClass } from "./sizes";
import type { IWorkloadIdentity } from "./workload-identity";

/** Databases on the one server: experiment tracking, and the ledger of runs, releases, approvals and dedupe keys. */
export const DATABASES = ["mlflow", "ledger"] as const;
/** One of the databases. */
export type DatabaseName = (typeof DATABASES)[number];

/** How large and how safe the server is. */
export interface MetadataDatabaseProps {
  readonly class: SizeClass;
  /** Disk to begin with, GiB; it grows by itself. @default 20 */
  readonly storageGiB?: number;
  /** A second server in another zone takes over. @default false */
  readonly highAvailability?: boolean;
  /** Days a backup is kept. @default 7 */
  readonly backupRetentionDays?: number;
  /** Refuse deletion of the server. @default true */
  readonly deletionProtection?: boolean;
  /** A MySQL server beside it, as large and as safe, for the metadata that Kubeflow Pipelines keeps itself. @default false */
  readonly pipelineStore?: boolean;
}

/** PostgreSQL, private, encrypted, backed up. */
export interface IMetadataDatabase extends Construct {
  /** Private address or name of the server. */
  readonly host: string;
  readonly port: number;
  /** Connection without a password: `postgresql://user@host:port/name`; the password travels by `passwordReference`. Null for a database that nothing needs on this platform. */
  uri(database: DatabaseName): string | null;
  /** Where the password is found: a secret's reference, a pgpass file. Null with identity login. */
  readonly passwordReference: string | null;
  /** The MySQL server beside it, without the password: `mysql://user@host:port/name`. Null where there is none. */
  readonly pipelineStoreUri: string | null;
  readonly grants: { connect(to: IWorkloadIdentity): void };
}
