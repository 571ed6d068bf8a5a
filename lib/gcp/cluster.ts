import type { ClusterProps, ICluster } from "../contracts/cluster";
import { handOver } from "../core/outputs";
import { SYSTEM_POOL } from "../core/system-pool";
import { Construct } from "../framework";
import { GcpBinaryAuthorization } from "./binary-authorization";
import { ContainerCluster } from "./bindings";
import type { GcpEstate } from "./estate";
import { GcpNodeAccount } from "./node-account";
import { GcpNodePools, nodeBasics, PODS_PER_NODE } from "./node-pool";

/** https://cloud.google.com/kubernetes-engine/docs/concepts/release-channels */
const CHANNELS = { rapid: "RAPID", regular: "REGULAR", stable: "STABLE" } as const;

/**
 * When Google may upgrade: a time that is weekend from Los Angeles to Seoul. Six hours on two days are 54 hours in 32 days;
 * at least 48 are asked for.
 * https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions
 */
const WINDOW = {
  startTime: "2026-01-03T08:00:00Z",
  endTime: "2026-01-03T14:00:00Z",
  recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
} as const;

/** https://cloud.google.com/kubernetes-engine/docs/how-to/view-logs */
const LOGS = ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"];

/** DCGM are the GPUs' own figures. https://cloud.google.com/kubernetes-engine/docs/how-to/configure-metrics */
const METRICS = [
  "SYSTEM_COMPONENTS",
  "APISERVER",
  "SCHEDULER",
  "CONTROLLER_MANAGER",
  "STORAGE",
  "POD",
  "DEPLOYMENT",
  "STATEFULSET",
  "DAEMONSET",
  "HPA",
  "CADVISOR",
  "KUBELET",
  "DCGM",
];

/**
 * A private cluster on GKE: regional with several zones, or in one zone. Tools reach it by its DNS endpoint, where Google's
 * identities decide who may, so that no machine has to stand in the network to deploy.
 */
export class GcpCluster extends Construct implements ICluster {
  readonly endpoint: string;
  readonly issuer: string;
  private readonly name: string;
  private readonly location: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    this.name = estate.name("cluster", "ml");
    this.location = estate.clusterLocation(props.highAvailability ?? false);
    const nodes = new GcpNodeAccount(this, "Nodes", estate);
    const images = new GcpBinaryAuthorization(this, "Images", estate);
    const cluster = new ContainerCluster(this, "Cluster", {
      ...this.basics(),
      ...this.network(),
      ...this.access(),
      ...this.watching(),
      ...this.addOns(),
      // The pool it is born with is removed at once; until then it is held to the same as the others.
      removeDefaultNodePool: true,
      initialNodeCount: 1,
      nodeConfig: nodeBasics(estate, SYSTEM_POOL.class, nodes.email),
      lifecycle: { ignoreChanges: ["node_config"] },
      dependsOn: [...nodes.rights, images.policy],
    });
    this.addPools(cluster.name, nodes);
    this.endpoint = handOver(this, {
      key: "clusterDnsEndpoint",
      value: `https://${cluster.controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint}`,
      example: `https://gke-0123456789abcdef-${estate.settings.projectNumber}.${this.location}.gke.goog`,
      description: "DNS endpoint of the cluster's control plane",
    });
    this.issuer = issuerOf(`projects/${estate.settings.project}/locations/${this.location}/clusters/${this.name}`);
  }

  private addPools(cluster: string, nodes: GcpNodeAccount): void {
    const { location, props } = this;
    const place = { cluster, location, account: nodes.email, dependsOn: nodes.rights };
    new GcpNodePools(this, "Pools", { ...place, pools: props.pools, system: true }, this.estate);
  }

  private basics() {
    const { props, estate } = this;
    const { deletionProtection = true, upgrades = "regular", version } = props;
    const key = estate.key("cluster");
    return {
      name: this.name,
      location: this.location,
      resourceLabels: estate.labels(this),
      deletionProtection,
      // A zonal cluster's own zone is no further location.
      nodeLocations: estate.settings.zones.filter((zone) => zone !== this.location),
      ...(version === undefined ? {} : { minMasterVersion: version }),
      releaseChannel: { channel: CHANNELS[upgrades] },
      maintenancePolicy: { recurringWindow: WINDOW },
      enableKubernetesAlpha: false,
      enableShieldedNodes: true,
      databaseEncryption: key ? { state: "ENCRYPTED", keyName: key } : { state: "DECRYPTED" },
      binaryAuthorization: { evaluationMode: "PROJECT_SINGLETON_POLICY_ENFORCE" },
      securityPostureConfig: { mode: "BASIC", vulnerabilityMode: "VULNERABILITY_BASIC" },
      nodePoolDefaults: {
        nodeConfigDefaults: {
          insecureKubeletReadonlyPortEnabled: "FALSE",
          loggingVariant: "DEFAULT",
          gcfsConfig: { enabled: true },
        },
      },
      nodePoolAutoConfig: { nodeKubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
    };
  }

  private network() {
    const { props, estate } = this;
    const { nodes, controlPlane } = estate.settings.addresses;
    const further = (props.authorizedNetworks ?? []).map((cidrBlock, index) => ({
      cidrBlock,
      displayName: `authorized-${index + 1}`,
    }));
    return {
      network: estate.network,
      subnetwork: estate.subnet("nodes"),
      networkingMode: "VPC_NATIVE",
      datapathProvider: "ADVANCED_DATAPATH",
      // Dataplane V2 enforces network policies by itself; the older enforcement beside it must be off.
      networkPolicy: { enabled: false },
      defaultMaxPodsPerNode: PODS_PER_NODE,
      enableIntranodeVisibility: true,
      enableL4IlbSubsetting: true,
      serviceExternalIpsConfig: { enabled: false },
      ipAllocationPolicy: {
        clusterSecondaryRangeName: estate.rangeName("pods"),
        servicesSecondaryRangeName: estate.rangeName("services"),
        stackType: "IPV4",
      },
      privateClusterConfig: {
        enablePrivateNodes: true,
        enablePrivateEndpoint: true,
        masterIpv4CidrBlock: controlPlane,
        masterGlobalAccessConfig: { enabled: false },
      },
      masterAuthorizedNetworksConfig: {
        gcpPublicCidrsAccessEnabled: false,
        cidrBlocks: [{ cidrBlock: nodes, displayName: "nodes" }, ...further],
      },
      controlPlaneEndpointsConfig: {
        dnsEndpointConfig: { allowExternalTraffic: true },
        ipEndpointsConfig: { enabled: true },
      },
    };
  }

  private access() {
    const { project, securityGroup } = this.estate.settings;
    return {
      workloadIdentityConfig: { workloadPool: `${project}.svc.id.goog` },
      masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
      enableLegacyAbac: false,
      anonymousAuthenticationConfig: { mode: "LIMITED" },
      rbacBindingConfig: {
        enableInsecureBindingSystemAuthenticated: false,
        enableInsecureBindingSystemUnauthenticated: false,
      },
      ...(securityGroup === undefined ? {} : { authenticatorGroupsConfig: { securityGroup } }),
    };
  }

  private watching() {
    return {
      loggingConfig: { enableComponents: LOGS },
      monitoringConfig: {
        enableComponents: METRICS,
        managedPrometheus: { enabled: true },
        advancedDatapathObservabilityConfig: { enableMetrics: true, enableRelay: false },
      },
      costManagementConfig: { enabled: true },
    };
  }

  private addOns() {
    return {
      addonsConfig: {
        httpLoadBalancing: { disabled: false },
        horizontalPodAutoscaling: { disabled: false },
        networkPolicyConfig: { disabled: true },
        dnsCacheConfig: { enabled: true },
        gcePersistentDiskCsiDriverConfig: { enabled: true },
        gcsFuseCsiDriverConfig: { enabled: true },
      },
      // Pools are the config's; empty nodes are given back soon.
      clusterAutoscaling: { enabled: false, autoscalingProfile: "OPTIMIZE_UTILIZATION" },
      verticalPodAutoscaling: { enabled: true },
      gatewayApiConfig: { channel: "CHANNEL_STANDARD" },
      secretManagerConfig: { enabled: true },
    };
  }
}

/**
 * Issuer of the tokens of a cluster's service accounts.
 * https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity
 * @param cluster `projects/PROJECT/locations/PLACE/clusters/NAME`
 */
export function issuerOf(cluster: string): string {
  return `https://container.googleapis.com/v1/${cluster}`;
}
