import type { INotebooks, NotebooksProps } from "../contracts/notebooks";
import { Construct } from "../framework";
import { type LocalEstate, loopback } from "./estate";
import { LocalLayer } from "./layer";

/** Jupyter on 127.0.0.1. The size class means nothing here: a notebook has the machine. */
export class LocalNotebooks extends Construct implements INotebooks {
  readonly uri: string;

  constructor(scope: Construct, id: string, { idleShutdownMinutes = 60 }: NotebooksProps, { ports }: LocalEstate) {
    super(scope, id);
    LocalLayer.of(this).add({ kind: "notebooks", name: "notebooks", port: ports.notebooks, idleShutdownMinutes });
    this.uri = loopback(ports.notebooks);
  }
}
