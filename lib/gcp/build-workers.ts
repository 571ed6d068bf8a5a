import { Construct } from "../framework";
import { CloudbuildWorkerPool } from "./bindings";
import type { GcpEstate } from "./estate";

const WORKER = { machineType: "e2-standard-4", diskSizeGb: 100 } as const;

/** Addresses of the machines, out of the range that is leased to Google's services; one for each build at a time. */
const RANGE = "/27";

/**
 * Build machines with a peering to the environment's network, for private estates. They have no public address, and a
 * peering does not pass on the network's NAT: they reach the network, Google's APIs and the mirrors, and a source host on
 * the internet only where the network exports a route to a proxy.
 * https://cloud.google.com/build/docs/private-pools/set-up-private-pool-to-use-in-vpc-network
 *
 * The other way in, a network attachment, would have the NAT; provider 6.50 accepts it and does not send it.
 */
export class GcpBuildWorkers extends Construct {
  /** `projects/PROJECT/locations/REGION/workerPools/NAME`. */
  readonly name: string;

  constructor(scope: Construct, id: string, estate: GcpEstate) {
    super(scope, id);
    const { project, projectNumber, region } = estate.settings;
    const name = estate.name("workerPool", "builds");
    const pool = new CloudbuildWorkerPool(this, "Pool", {
      name,
      displayName: name,
      location: region,
      workerConfig: { ...WORKER, noExternalIp: true },
      networkConfig: {
        // The API wants the project's number; of another project's network only the name is known.
        peeredNetwork: estate.network.replace(`projects/${project}/`, `projects/${projectNumber}/`),
        peeredNetworkIpRange: RANGE,
      },
    });
    this.name = pool.id;
  }
}
