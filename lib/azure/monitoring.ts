// STUB
import type { IMonitoring, MonitoringProps } from "../contracts/monitoring";
import { Construct } from "../framework";
import type { AzureEstate } from "./estate";

export class AzureMonitoring extends Construct implements IMonitoring {
  readonly dashboardUri = "stub";
  readonly metricsUri = null;

  constructor(scope: Construct, id: string, _props: MonitoringProps, _estate: AzureEstate) {
    super(scope, id);
  }
}
