import type { DataProcessingProps, IDataProcessing } from "../contracts/data-services";
import { stableJson } from "../core/hash";
import { Construct } from "../framework";
import { ComputeFirewall, DataprocAutoscalingPolicy } from "./bindings";
import type { GcpEstate } from "./estate";
import { actAsItself, mailOf, projectRole } from "./identity-roles";

/**
 * To start jobs, and to be the account of their workers. Neither service knows these rights on a single resource.
 * https://cloud.google.com/dataflow/docs/concepts/security-and-permissions,
 * https://cloud.google.com/dataproc-serverless/docs/concepts/service-account
 */
const ROLES = [
  "roles/dataflow.developer",
  "roles/dataflow.worker",
  "roles/dataproc.editor",
  "roles/dataproc.worker",
] as const;

/** Workers of a Spark cluster: it starts with the two it cannot do without. */
const WORKERS = { min: 2, production: 20, other: 4 } as const;

/** Dataflow and Dataproc, as services that a step calls. There are no machines until it does. */
export class GcpDataProcessing extends Construct implements IDataProcessing {
  /**
   * What a step's job request is filled with, as JSON: `parent`, `subnetwork`, `serviceAccount`, `staging` and
   * `temporary` (folders of the artifacts' bucket), `autoscalingPolicy` (for clusters) and `kmsKey` (null with Google's
   * own keys). Jobs take no public addresses: `--no-address`, `internalIpOnly`, `--no_use_public_ips`.
   */
  readonly reference: string;

  constructor(scope: Construct, id: string, { identity, artifacts, datasets }: DataProcessingProps, estate: GcpEstate) {
    super(scope, id);
    for (const role of ROLES) projectRole(identity, role, estate);
    actAsItself(identity, estate);
    datasets.grants.readWrite(identity);
    artifacts.grants.readWrite(identity);
    const policy = estate.name("autoscalingPolicy", "processing");
    this.makePolicy(policy, estate);
    // In subnets that exist already, their owner opens this.
    if (!estate.settings.existing.subnets) this.openBetweenWorkers(estate);
    this.reference = stableJson({
      parent: estate.location,
      subnetwork: estate.subnet("serverless"),
      serviceAccount: mailOf(identity),
      staging: `gs://${estate.bucket("artifacts")}/processing/staging`,
      temporary: `gs://${estate.bucket("artifacts")}/processing/temporary`,
      autoscalingPolicy: `projects/${estate.settings.project}/regions/${estate.settings.region}/autoscalingPolicies/${policy}`,
      kmsKey: estate.key("ml") ?? null,
    });
  }

  private makePolicy(policyId: string, { settings }: GcpEstate): void {
    new DataprocAutoscalingPolicy(this, "Workers", {
      policyId,
      location: settings.region,
      workerConfig: {
        minInstances: WORKERS.min,
        maxInstances: settings.production ? WORKERS.production : WORKERS.other,
      },
      basicAlgorithm: {
        cooldownPeriod: "120s",
        yarnConfig: { gracefulDecommissionTimeout: "600s", scaleUpFactor: 0.5, scaleDownFactor: 1 },
      },
    });
  }

  /** Workers of one job talk to each other on any port: https://cloud.google.com/dataproc-serverless/docs/concepts/network. */
  private openBetweenWorkers(estate: GcpEstate): void {
    const { serverless } = estate.settings.addresses;
    new ComputeFirewall(this, "BetweenWorkers", {
      name: estate.name("firewall", "processing"),
      description: "Workers of Dataflow and Dataproc among themselves",
      // A rule stands where its network does, which may be another project.
      project: estate.network.split("/")[1],
      network: estate.network,
      direction: "INGRESS",
      priority: 1000,
      sourceRanges: [serverless],
      destinationRanges: [serverless],
      allow: [{ protocol: "tcp" }, { protocol: "udp" }, { protocol: "icmp" }],
      logConfig: { metadata: "INCLUDE_ALL_METADATA" },
    });
  }
}
