// STUB
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

export class GcpProjectServices extends Construct {
  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    void estate;
  }
}
