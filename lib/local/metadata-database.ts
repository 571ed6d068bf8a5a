import {
  DATABASES,
  type DatabaseName,
  type IMetadataDatabase,
  type MetadataDatabaseProps,
} from "../contracts/metadata-database";
import type { SizeClass } from "../contracts/sizes";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { checkGrant } from "../core/grants";
import { Construct } from "../framework";
import type { LocalEstate } from "./estate";
import { LocalLayer } from "./layer";
import { absolutePath } from "./place";

const SMALLEST = { sharedBuffers: 64, maxConnections: 60 };
/** What a size class gives on one machine: MiB of shared buffers, and connections. Other classes count as the smallest. */
const SIZES: Partial<Record<SizeClass, typeof SMALLEST>> = {
  "db-small": SMALLEST,
  "db-medium": { sharedBuffers: 256, maxConnections: 120 },
  "db-large": { sharedBuffers: 1024, maxConnections: 240 },
};

/** PostgreSQL on 127.0.0.1, data in the estate's directory. One server: high availability needs a second machine. */
export class LocalMetadataDatabase extends Construct implements IMetadataDatabase {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly passwordReference: string;
  /** Pipelines run without Kubeflow here. */
  readonly pipelineStoreUri = null;
  readonly grants: { connect(to: IWorkloadIdentity): void };

  constructor(scope: Construct, id: string, props: MetadataDatabaseProps, estate: LocalEstate) {
    super(scope, id);
    this.port = estate.ports.database;
    LocalLayer.of(this).add({
      kind: "database",
      name: "database",
      port: this.port,
      databases: DATABASES,
      ...(SIZES[props.class] ?? SMALLEST),
    });
    this.passwordReference = absolutePath(estate, "pgpass");
    this.grants = { connect: (to) => checkGrant(this, to) };
  }

  /** Each database belongs to a role with its own name. */
  uri(database: DatabaseName): string {
    return `postgresql://${database}@${this.host}:${this.port}/${database}`;
  }
}
