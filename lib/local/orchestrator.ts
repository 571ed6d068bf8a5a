import type { IOrchestrator } from "../contracts/orchestrator";
import { Construct } from "../framework";
import { bucketFolder, type LocalEstate } from "./estate";
import { LocalLayer } from "./layer";
import { absolutePath } from "./place";

/** kfp's local runner: compiled packages are run by a process of their own, one task after another. */
export class LocalOrchestrator extends Construct implements IOrchestrator {
  readonly submitUri: string;
  readonly format = "kfp-ir";
  readonly tensorBoard = null;

  constructor(scope: Construct, id: string, estate: LocalEstate) {
    super(scope, id);
    LocalLayer.of(this).add({
      kind: "orchestrator",
      name: "orchestrator",
      runs: "orchestrator/runs",
      cache: "orchestrator/cache",
      packages: bucketFolder("packages"),
    });
    this.submitUri = absolutePath(estate, bucketFolder("packages"));
  }
}
