// STUB
import type { IMonitoring, MonitoringProps } from "../contracts/monitoring";
import { Construct } from "../framework";
import type { GcpEstate } from "./estate";

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export interface GcpMonitoring extends IMonitoring {}
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: stub
export class GcpMonitoring extends Construct {
  constructor(scope: Construct, id: string, props: MonitoringProps, estate: GcpEstate) {
    super(scope, id);
    void estate;
    void props;
  }
}
