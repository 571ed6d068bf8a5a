import type { NodePool } from "../contracts/cluster";
import { AZURE_REGIONS_DATED, isGpuMachine, nearestWithMachine, offerOf, zonesFor } from "../core/azure-regions";
import { UserError } from "../core/errors";
import { SYSTEM_POOL } from "../core/system-pool";
import { Construct } from "../framework";
import { KubernetesClusterNodePool } from "./bindings";
import type { AzureEstate } from "./estate";
import { osDisk, twinOf } from "./parts/pools";

/** Pods of a node at most; each node takes a /24 of the pods' range. https://learn.microsoft.com/en-us/azure/aks/azure-cni-overlay */
export const PODS_PER_NODE = 110;

/** Only pods that ask for a GPU get onto these nodes; Kubernetes gives such pods the toleration. */
const GPU_TAINT = "nvidia.com/gpu=present:NoSchedule";

/** Soft, on the twin of a spot pool: the scheduler fills spot machines first. */
const TWIN_TAINT = "mlops/fallback=on-demand:PreferNoSchedule";

/**
 * Azure puts these on spot nodes itself and keeps them there, so a pod that may run on spot machines needs the toleration.
 * https://learn.microsoft.com/en-us/azure/aks/spot-node-pool
 */
const SPOT = {
  label: { "kubernetes.azure.com/scalesetpriority": "spot" },
  taint: "kubernetes.azure.com/scalesetpriority=spot:NoSchedule",
} as const;

/** Minutes that an upgrade waits for a node's pods to end. */
const DRAIN_MINUTES = 30;

/** What node pools are put into. */
export interface NodePoolsProps {
  /** Id of the cluster. */
  readonly cluster: string;
  readonly pools: readonly NodePool[];
  /** Whether ordinary nodes stand in several zones. */
  readonly highAvailability: boolean;
}

/**
 * The pools of a cluster besides its system pool.
 *
 * A spot pool `NAME` has a twin `NAME-ondemand`. A pod that fits neither's nodes makes the autoscaler add one: of the spot pool
 * first where the cluster's priorities say so; a pool that gets no machines is left alone for a while, and then it is the
 * twin's turn. https://learn.microsoft.com/en-us/azure/aks/cluster-autoscaler-overview
 * New versions come to nodes with the upgrades of the cluster, which take both together, never by themselves.
 * Pods that must not be interrupted ask for nodes with the label `capacity: on-demand`.
 */
export class AzureNodePools extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: NodePoolsProps,
    private readonly estate: AzureEstate,
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
    for (const pool of props.pools) {
      this.make(pool, []);
      const twin = twinOf(pool);
      if (twin) this.make(twin, [TWIN_TAINT]);
    }
  }

  private make(pool: NodePool, taints: readonly string[]): void {
    const { cluster } = this.props;
    const { accelerator } = this.estate.machine(pool.class);
    const spot = pool.capacity === "spot";
    const allTaints = [...taints, ...(accelerator ? [GPU_TAINT] : []), ...(spot ? [SPOT.taint] : [])];
    new KubernetesClusterNodePool(this, pool.name, {
      kubernetesClusterId: cluster,
      ...nodeBasics(this.estate, pool),
      mode: "User",
      minCount: pool.min,
      maxCount: pool.max,
      zones: this.zones(pool),
      nodeLabels: { ...nodeLabels(pool), ...(spot ? SPOT.label : {}) },
      ...(allTaints.length > 0 ? { nodeTaints: allTaints } : {}),
      ...(accelerator ? { gpuDriver: "Install" } : {}),
      ...(spot
        ? // The price is the on-demand one at most; spot pools take no settings for upgrades.
          { priority: "Spot", evictionPolicy: "Delete", spotMaxPrice: -1 }
        : { upgradeSettings: accelerator ? UPGRADE_GPU : UPGRADE }),
      tags: this.estate.tags(this),
    });
  }

  /** GPUs and spot machines are taken in whatever zone has some; the rest stands with the system pool. */
  private zones({ name, class: size, capacity }: NodePool): string[] | undefined {
    const { region } = this.estate.settings;
    const { type, accelerator } = this.estate.machine(size);
    const anywhere = accelerator !== undefined || capacity === "spot";
    const offer = isGpuMachine(type) ? offerOf(region, type) : undefined;
    if (isGpuMachine(type) && offer && (offer.zones === 0 || (capacity === "spot" && !offer.spot))) {
      throw new UserError({
        where: `kubernetes.pools.${name}.class`,
        message: `${size} is ${type}, which ${region} does not have${offer.zones > 0 ? " as spot capacity" : ""} (table of ${AZURE_REGIONS_DATED})`,
        fix: `Choose another class, or a region that has it: ${nearestWithMachine(region, type).join(", ")}`,
      });
    }
    const zones = zonesOf(this.estate, this.props.highAvailability || anywhere);
    const usable = zones && zonesFor(region, type, zones);
    return usable && usable.length > 0 ? [...usable] : undefined;
  }
}

/** Zones of nodes: all of the environment, or the first; undefined in a region without. */
export function zonesOf({ settings, zone }: AzureEstate, several: boolean): string[] | undefined {
  if (zone === undefined) return undefined;
  return several ? [...settings.zones] : [zone];
}

/** Labels that workloads choose nodes by; the same on every cloud, so that workloads move. */
export function nodeLabels({ name, class: size, capacity }: NodePool): Record<string, string> {
  return { pool: name, class: size, capacity: capacity === "spot" ? "spot" : "on-demand" };
}

/** One node more while a pool is upgraded. */
export const UPGRADE = { maxSurge: "1", drainTimeoutInMinutes: DRAIN_MINUTES } as const;

/** GPUs are scarce: an upgrade that needs one more would wait for it. */
const UPGRADE_GPU = { maxUnavailable: "1", drainTimeoutInMinutes: DRAIN_MINUTES } as const;

/**
 * What every node has. GPU nodes run Ubuntu, which has drivers for all the classes; the others Azure's own system, which has
 * less in it that can be attacked: https://learn.microsoft.com/en-us/azure/aks/use-azure-linux.
 */
export function nodeBasics(estate: AzureEstate, pool: Pick<NodePool, "name" | "class">) {
  const { type, accelerator } = estate.machine(pool.class);
  return {
    name: estate.name("nodePool", pool.name),
    temporaryNameForRotation: estate.name("nodePool", `${pool.name}-temporary`),
    vmSize: type,
    ...osDisk(type, accelerator !== undefined),
    osSku: accelerator ? "Ubuntu" : "AzureLinux",
    autoScalingEnabled: true,
    maxPods: PODS_PER_NODE,
    vnetSubnetId: estate.subnet("nodes"),
    hostEncryptionEnabled: true,
    nodePublicIpEnabled: false,
    fipsEnabled: false,
  };
}
