import type { IDataIntegration } from "../contracts/data-services";
import { resourcesOf } from "../core/ordering";
import { handOver } from "../core/outputs";
import { Construct } from "../framework";
import { ComputeNetworkAttachment, DataFusionInstance } from "./bindings";
import type { GcpEstate } from "./estate";
import { actAs, mailOf, projectRole } from "./identity-roles";
import { GcpWorkloadIdentity } from "./workload-identity";

/** What the machines that run a flow need: https://cloud.google.com/data-fusion/docs/concepts/service-accounts. */
const WORKER_ROLES = ["roles/dataproc.worker", "roles/datafusion.runner"] as const;

/** Production gets the edition that is spread over zones; the other one is for building flows. https://cloud.google.com/data-fusion/pricing */
const EDITIONS = { production: "ENTERPRISE", other: "DEVELOPER" } as const;

/** Data Fusion without a public address, whose flows run as an account of their own. */
export class GcpDataIntegration extends Construct implements IDataIntegration {
  /** The instance's page. */
  readonly uri: string;

  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    const { region, production } = estate.settings;
    const identity = this.makeIdentity(estate);
    const attachment = this.makeAttachment(estate);
    const key = estate.key("ml");
    const instance = new DataFusionInstance(this, "Instance", {
      name: estate.name("dataFusion", "flows"),
      region,
      type: production ? EDITIONS.production : EDITIONS.other,
      // Only this edition stands in one zone.
      ...(production ? {} : { zone: estate.zone }),
      description: "Data flows without code",
      privateInstance: true,
      networkConfig: {
        connectionType: "PRIVATE_SERVICE_CONNECT_INTERFACES",
        privateServiceConnectConfig: { networkAttachment: attachment.id },
      },
      dataprocServiceAccount: mailOf(identity),
      enableStackdriverLogging: true,
      enableStackdriverMonitoring: true,
      enableRbac: production,
      labels: estate.labels(this),
      ...(key === undefined ? {} : { cryptoKeyConfig: { keyReference: key } }),
      dependsOn: resourcesOf(identity),
    });
    this.uri = handOver(this, {
      key: "dataFusionUri",
      value: instance.serviceEndpoint,
      example: `https://${estate.name("dataFusion", "flows")}-dot-an.datafusion.googleusercontent.com`,
      description: "Page of the Data Fusion instance.",
    });
  }

  private makeIdentity(estate: GcpEstate): GcpWorkloadIdentity {
    const identity = new GcpWorkloadIdentity(this, "Identity", { workload: "data-flows" }, estate);
    for (const role of WORKER_ROLES) projectRole(identity, role, estate);
    actAs(identity, estate.agent("dataFusion"), "ActAsByDataFusion", estate);
    return identity;
  }

  private makeAttachment(estate: GcpEstate): ComputeNetworkAttachment {
    return new ComputeNetworkAttachment(this, "Network", {
      name: estate.name("networkAttachment", "data-fusion"),
      description: "Data Fusion reaches the environment's network",
      region: estate.settings.region,
      connectionPreference: "ACCEPT_AUTOMATIC",
      subnetworks: [estate.subnet("serverless")],
    });
  }
}
