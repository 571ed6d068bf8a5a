import type { NodePool } from "../contracts/cluster";
import type { SizeClass } from "../contracts/sizes";
import { UserError } from "../core/errors";
import { isAccelerator, REGIONS_DATED, zonesWith } from "../core/google-regions";
import { SYSTEM_POOL } from "../core/system-pool";
import { Construct, type TerraformResource } from "../framework";
import { ContainerNodePool } from "./bindings";
import type { GcpEstate } from "./estate";
import { nodeDiskGiB, twinOf } from "./parts/pools";

/** Pods of a node at most; the range of the pods is divided by it. */
export const PODS_PER_NODE = 110;

/**
 * Machine families that take no Persistent Disk, only Hyperdisk. The families of the size classes all take `pd-balanced`;
 * these come with `overrides.gcp.machineTypes`.
 * https://cloud.google.com/compute/docs/disks/hyperdisks#machine-type-support
 */
const HYPERDISK_ONLY: ReadonlySet<string> = new Set([
  "a4",
  "a4x",
  "c4",
  "c4a",
  "c4d",
  "g4",
  "h4d",
  "m4",
  "n4",
  "n4a",
  "n4d",
  "x4",
]);

/** Machine types of a3 that take Hyperdisk only, unlike the rest of their family. */
const HYPERDISK_TYPE = /^a3-ultragpu-/;

/**
 * Soft: pods of models and pipelines go elsewhere when there is an elsewhere, and still start on the smallest cluster.
 * The key is the one that Google's own add-ons tolerate.
 * https://cloud.google.com/kubernetes-engine/docs/how-to/isolate-workloads-dedicated-nodes#isolate-gke-managed
 */
const SYSTEM_TAINT = {
  key: "components.gke.io/gke-managed-components",
  value: "true",
  effect: "PREFER_NO_SCHEDULE",
} as const;

/** Soft, on the twin of a spot pool: the scheduler fills spot machines first. */
const TWIN_TAINT = { key: "mlops/fallback", value: "on-demand", effect: "PREFER_NO_SCHEDULE" } as const;

/** Only pods that ask for a GPU get onto these nodes; Kubernetes gives such pods the toleration. */
const GPU_TAINT = { key: "nvidia.com/gpu", value: "present", effect: "NO_SCHEDULE" } as const;

/** Type of a node's boot disk. */
export function diskType(machineType: string): "pd-balanced" | "hyperdisk-balanced" {
  const [family = ""] = machineType.split("-");
  return HYPERDISK_ONLY.has(family) || HYPERDISK_TYPE.test(machineType) ? "hyperdisk-balanced" : "pd-balanced";
}

/** What node pools are put into. */
export interface NodePoolsProps {
  /** Name, or `projects/PROJECT/locations/PLACE/clusters/NAME`. */
  readonly cluster: string;
  /** Region or zone of the cluster. */
  readonly location: string;
  readonly pools: readonly NodePool[];
  /** Mail address of the account that nodes run as. */
  readonly account: string;
  /** Whether the pool of the cluster's own add-ons is made too. */
  readonly system: boolean;
  /** What has to be there first. */
  readonly dependsOn: TerraformResource[];
}

/**
 * The pools of a cluster.
 *
 * A spot pool `NAME` has a twin `NAME-ondemand`. A pod that fits neither's nodes makes the autoscaler add the cheapest that
 * fits, which is spot; a pool that gets no machines is left alone for a while, and then it is the twin's turn.
 * https://cloud.google.com/kubernetes-engine/docs/concepts/cluster-autoscaler#operating_criteria
 * Pods that must not be interrupted ask for nodes with the label `capacity: on-demand`.
 */
export class GcpNodePools extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: NodePoolsProps,
    private readonly estate: GcpEstate,
  ) {
    super(scope, id);
    const taken = props.pools.find(({ name }) => name === SYSTEM_POOL.name);
    if (taken) {
      throw new UserError({
        where: `kubernetes.pools.${SYSTEM_POOL.name}`,
        message: `${SYSTEM_POOL.name} is the name of the pool that every cluster has`,
        fix: "Choose another name",
      });
    }
    if (props.system) this.addSystem();
    for (const pool of props.pools) this.add(pool);
  }

  private addSystem(): void {
    const min = this.zonal ? 1 : Math.min(this.estate.settings.zones.length, SYSTEM_POOL.max);
    this.make({ ...SYSTEM_POOL, min }, { taints: [SYSTEM_TAINT] });
  }

  private add(pool: NodePool): void {
    this.make(pool, { spot: pool.capacity === "spot" });
    const twin = twinOf(pool);
    if (twin) this.make(twin, { taints: [TWIN_TAINT] });
  }

  private make(pool: NodePool, kind: PoolKind): void {
    const { cluster, location, dependsOn } = this.props;
    const { accelerator } = this.estate.machine(pool.class);
    const zones = this.zones(pool);
    const hunted = accelerator !== undefined || kind.spot === true;
    new ContainerNodePool(this, pool.name, {
      name: this.estate.name("nodePool", pool.name),
      cluster,
      location,
      ...(this.everywhere(zones) ? {} : { nodeLocations: [...zones] }),
      // Per zone. Later the autoscaler's business: a change of it would replace the pool.
      initialNodeCount: Math.ceil(pool.min / zones.length),
      maxPodsPerNode: PODS_PER_NODE,
      autoscaling: {
        totalMinNodeCount: pool.min,
        totalMaxNodeCount: pool.max,
        // Where machines are scarce, whatever zone has one.
        locationPolicy: hunted ? "ANY" : "BALANCED",
      },
      management: { autoRepair: true, autoUpgrade: true },
      // GPUs are scarce: an upgrade that needs one more would wait for it.
      upgradeSettings: accelerator
        ? { strategy: "SURGE", maxSurge: 0, maxUnavailable: 1 }
        : { strategy: "SURGE", maxSurge: 1, maxUnavailable: 0 },
      networkConfig: { enablePrivateNodes: true },
      nodeConfig: this.nodeConfig(pool, kind),
      dependsOn,
      lifecycle: { ignoreChanges: ["initial_node_count"] },
    });
  }

  private nodeConfig(pool: NodePool, { spot = false, taints = [] }: PoolKind) {
    const { estate, props } = this;
    const { accelerator } = estate.machine(pool.class);
    return {
      ...nodeBasics(estate, pool.class, props.account),
      spot,
      diskSizeGb: nodeDiskGiB(accelerator !== undefined),
      resourceLabels: estate.labels(this),
      labels: { pool: pool.name, class: pool.class, capacity: spot ? "spot" : "on-demand" },
      taint: [...taints, ...(accelerator ? [GPU_TAINT] : [])],
      gvnic: { enabled: true },
      gcfsConfig: { enabled: true },
      ...(accelerator
        ? {
            guestAccelerator: [
              {
                type: accelerator.type,
                count: accelerator.count,
                gpuDriverInstallationConfig: { gpuDriverVersion: "DEFAULT" },
              },
            ],
          }
        : {}),
    };
  }

  /** A zonal cluster's ordinary nodes stand in its zone; GPUs in every zone that has them, so that one may be out of stock. */
  private zones(pool: NodePool): readonly string[] {
    const { region, zones } = this.estate.settings;
    const { accelerator } = this.estate.machine(pool.class);
    if (accelerator === undefined) return this.zonal ? [this.props.location] : zones;
    const offering = isAccelerator(accelerator.type) ? zonesWith(region, accelerator.type) : undefined;
    const usable = offering === undefined ? zones : zones.filter((zone) => offering.includes(zone));
    if (usable.length > 0) return usable;
    throw new UserError({
      where: `kubernetes.pools.${pool.name}.class`,
      message: `${pool.class} is ${accelerator.type}, which none of ${zones.join(", ")} has (table of ${REGIONS_DATED})`,
      fix: offering?.length ? `Use the zones ${offering.join(", ")}` : "Choose another class or region",
    });
  }

  /** Whether these are the zones that every pool of a zonal cluster has unless it says otherwise. */
  private everywhere(zones: readonly string[]): boolean {
    return this.zonal && this.props.system && zones.length > 1 && zones.length === this.estate.settings.zones.length;
  }

  private get zonal(): boolean {
    return this.props.location !== this.estate.settings.region;
  }
}

/** What pools of one size differ in. */
interface PoolKind {
  /** @default false */
  readonly spot?: boolean;
  /** Besides the one of GPUs. @default - none */
  readonly taints?: readonly { readonly key: string; readonly value: string; readonly effect: string }[];
}

/**
 * What every node has, also the one that a cluster is born with.
 *
 * Secure boot stands on GPU nodes too: Container-Optimized OS takes drivers that Google built and signed for it.
 * https://pkg.go.dev/cos.googlesource.com/cos/tools.git/src/cmd/cos_gpu_installer/internal/signing
 */
export function nodeBasics(estate: GcpEstate, size: SizeClass, account: string) {
  const { type } = estate.machine(size);
  return {
    machineType: type,
    imageType: "COS_CONTAINERD",
    diskType: diskType(type),
    bootDiskKmsKey: estate.key("cluster"),
    serviceAccount: account,
    // What nodes may do is decided by the roles of their account alone.
    oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
    loggingVariant: "DEFAULT",
    metadata: { "disable-legacy-endpoints": "true" },
    workloadMetadataConfig: { mode: "GKE_METADATA" },
    shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
    kubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE" },
  };
}
