import type { IObjectStore, IObjectStoreGrants, ObjectStoreProps } from "../contracts/object-store";
import type { IWorkloadIdentity } from "../contracts/workload-identity";
import { checkGrant } from "../core/grants";
import { Construct } from "../framework";
import { bucketFolder, type LocalEstate } from "./estate";
import { LocalLayer } from "./layer";
import { absolutePath } from "./place";

/**
 * A bucket as a folder of the estate. It keeps one version of each file and expires nothing by itself: what writes
 * into it does (the scoring app ends its prediction logs after their retention).
 */
export class LocalObjectStore extends Construct implements IObjectStore {
  readonly uri: string;
  readonly grants: IObjectStoreGrants;

  constructor(scope: Construct, id: string, { purpose }: ObjectStoreProps, estate: LocalEstate) {
    super(scope, id);
    LocalLayer.of(this).add({ kind: "directory", name: purpose, path: bucketFolder(purpose) });
    this.uri = absolutePath(estate, bucketFolder(purpose));
    // Everything runs as the person who deployed, who owns the folder: a right needs no binding, only the right way.
    const grant = (to: IWorkloadIdentity) => checkGrant(this, to);
    this.grants = { read: grant, readWrite: grant };
  }
}
