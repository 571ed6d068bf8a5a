import type { IModelEndpoint, ModelServerProps } from "../contracts/serving";
import { Construct } from "../framework";
import { bucketFolder, type LocalEstate, loopback } from "./estate";
import { LocalLayer } from "./layer";

const SLOTS = ["blue", "green"] as const;

/** Production: two scoring processes behind a gateway. Which is stable and which canary is the release's business. */
export class LocalModelEndpoint extends Construct implements IModelEndpoint {
  readonly uri: string;

  constructor(scope: Construct, id: string, { logging }: ModelServerProps, { ports }: LocalEstate) {
    super(scope, id);
    const layer = LocalLayer.of(this);
    const logs = bucketFolder("prediction-logs");
    for (const name of SLOTS) layer.add({ kind: "modelServer", name, port: ports[name], logs, logging });
    layer.add({
      kind: "gateway",
      name: "gateway",
      port: ports.gateway,
      slots: SLOTS.map((name) => ({ name, port: ports[name] })),
    });
    this.uri = loopback(ports.gateway);
  }
}
