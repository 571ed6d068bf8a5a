import type { IModelRegistry, ModelRegistryProps } from "../contracts/model-registry";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { checkGrant } from "../core/grants";
import { Construct } from "../framework";
import { bucketFolder, type LocalEstate, loopback } from "./estate";
import { LocalLayer } from "./layer";

/** An MLflow server on the metadata database, artifacts in the bucket. */
export class LocalModelRegistry extends Construct implements IModelRegistry {
  readonly trackingUri: string;
  readonly grants: { use(to: IWorkloadIdentity): void };

  constructor(scope: Construct, id: string, { database }: ModelRegistryProps, { ports }: LocalEstate) {
    super(scope, id);
    LocalLayer.of(this).add({
      kind: "tracking",
      name: "tracking",
      port: ports.tracking,
      databasePort: database.port,
      database: "mlflow",
      artifacts: bucketFolder("artifacts"),
    });
    this.trackingUri = loopback(ports.tracking);
    // Whoever is logged in on this machine may use it.
    this.grants = { use: (to) => checkGrant(this, to) };
  }
}
