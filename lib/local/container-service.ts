import type { IContainerService, ModelServerProps } from "../contracts/serving";
import { Construct } from "../framework";
import { bucketFolder, type LocalEstate, loopback } from "./estate";
import { LocalLayer } from "./layer";

/** QA: one scoring process. */
export class LocalContainerService extends Construct implements IContainerService {
  readonly uri: string;

  constructor(scope: Construct, id: string, { logging }: ModelServerProps, { ports }: LocalEstate) {
    super(scope, id);
    const logs = bucketFolder("prediction-logs");
    LocalLayer.of(this).add({ kind: "modelServer", name: "qa", port: ports.qa, logs, logging });
    this.uri = loopback(ports.qa);
  }
}
