import type { IModelEndpoint, ModelEndpointProps } from "../contracts/serving";
import { requireServable } from "../core/google-serving-limits";
import { handOver } from "../core/outputs";
import { releaseOwned } from "../core/release-owned";
import { Construct } from "../framework";
import { ComputeAddress, ComputeFirewall, ComputeInstance } from "./bindings";
import { GcpHost } from "./dns";
import type { GcpEstate } from "./estate";
import { mailOf } from "./identity-roles";
import { servingUserData } from "./parts/serving-machine";
import { GcpServingSettings, SERVING_PORT } from "./serving-settings";

/** Runs containers, updates itself, has no package manager: https://cloud.google.com/container-optimized-os/docs. */
const SYSTEM = "projects/cos-cloud/global/images/family/cos-stable";
const DISK = { size: 20, type: "pd-balanced" } as const;

/** What keeps people off the machine, https://cloud.google.com/compute/docs/metadata/predefined-metadata-keys. */
const METADATA = {
  "enable-oslogin": "TRUE",
  "block-project-ssh-keys": "TRUE",
  "serial-port-enable": "FALSE",
  "google-logging-enabled": "true",
  "google-monitoring-enabled": "true",
} as const;

/**
 * Production on one machine, for estates that want to see where their model runs. It keeps nothing: models come from the
 * bucket, logs go to one, so there are no snapshots. Whoever is in the network may call it.
 */
export class GcpInstanceEndpoint extends Construct implements IModelEndpoint {
  readonly uri: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ModelEndpointProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    requireServable(props);
    const reserved = new ComputeAddress(this, "Address", {
      name: estate.name("address", "serving"),
      description: "What clients of production call",
      region: estate.settings.region,
      addressType: "INTERNAL",
      purpose: "GCE_ENDPOINT",
      subnetwork: estate.subnet("endpoints"),
      labels: estate.labels(this),
    });
    this.machine(reserved.address);
    this.admitNetwork();
    const address = handOver(this, {
      key: "servingAddress",
      value: reserved.address,
      example: "10.20.124.10",
      description: "IP address of the machine that serves production",
    });
    this.uri = `http://${this.hostOf(address)}:${SERVING_PORT}`;
  }

  private hostOf(address: string): string {
    const { host } = this.props;
    if (host === undefined) return address;
    const zone = this.estate.settings.existing.dnsZone;
    new GcpHost(this, "Host", { host, address, visibility: "private", zone, role: "serving" }, this.estate);
    return host;
  }

  private machine(networkIp: string): ComputeInstance {
    const { props, estate } = this;
    const key = estate.key("cluster");
    return new ComputeInstance(this, "Machine", {
      name: estate.name("instance", "serving"),
      description: "Serves production",
      zone: estate.zone,
      machineType: estate.machine(props.class).type,
      canIpForward: false,
      deletionProtection: estate.settings.production,
      allowStoppingForUpdate: true,
      labels: estate.labels(this),
      metadata: this.metadata(),
      bootDisk: {
        autoDelete: true,
        initializeParams: { image: SYSTEM, ...DISK, labels: estate.labels(this) },
        ...(key === undefined ? {} : { kmsKeySelfLink: key }),
      },
      // No access_config: no public address.
      networkInterface: [{ subnetwork: estate.subnet("endpoints"), networkIp, stackType: "IPV4_ONLY" }],
      serviceAccount: {
        email: mailOf(props.identity),
        scopes: ["https://www.googleapis.com/auth/cloud-platform"],
      },
      shieldedInstanceConfig: { enableSecureBoot: true, enableVtpm: true, enableIntegrityMonitoring: true },
      lifecycle: { ignoreChanges: releaseOwned("google_compute_instance") },
    });
  }

  private metadata(): Record<string, string> {
    const { props, estate } = this;
    const settings = new GcpServingSettings(this, "Settings", { place: "production", logging: props.logging }, estate);
    return {
      ...METADATA,
      "user-data": servingUserData({
        registry: estate.imagePrefix.split("/")[0] ?? "",
        port: SERVING_PORT,
        env: settings.env,
      }),
      "serving-image": estate.builtImage("serving"),
    };
  }

  /** The network's own rules let nobody in: this one admits its inhabitants to the server's port. */
  private admitNetwork(): void {
    const { estate, props } = this;
    const { nodes, pods, serverless, endpoints } = estate.settings.addresses;
    new ComputeFirewall(this, "Clients", {
      name: estate.name("firewall", "serving-clients"),
      description: "Clients in the network call the machine that serves production",
      project: estate.network.split("/")[1],
      network: estate.network,
      direction: "INGRESS",
      priority: 1000,
      allow: [{ protocol: "tcp", ports: [String(SERVING_PORT)] }],
      sourceRanges: [nodes, pods, serverless, endpoints],
      targetServiceAccounts: [mailOf(props.identity)],
      logConfig: { metadata: "INCLUDE_ALL_METADATA" },
    });
  }
}
