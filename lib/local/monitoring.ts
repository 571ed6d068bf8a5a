import type { IMonitoring } from "../contracts/monitoring";
import { Construct } from "../framework";
import { type LocalEstate, loopback } from "./estate";

/** What the estate's own processes show: MLflow's pages, and the gateway's metrics. */
export class LocalMonitoring extends Construct implements IMonitoring {
  readonly dashboardUri: string;
  readonly metricsUri: string;

  constructor(scope: Construct, id: string, { ports }: LocalEstate) {
    super(scope, id);
    this.dashboardUri = loopback(ports.tracking);
    this.metricsUri = `${loopback(ports.gateway)}/metrics`;
  }
}
