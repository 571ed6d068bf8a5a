/** What node pools are made of, for those who make them and those who count. Does not load the engine. */
import type { NodePool } from "../../contracts/cluster";

/** GiB. The operating system and images; GPU images are large. */
const DISK_GIB = { cpu: 128, gpu: 256 } as const;

/**
 * Local disk of the sizes that classes become, GiB: the operating system's disk may stand on it and then is encrypted with the
 * machine, quick, and lost with it. https://learn.microsoft.com/en-us/azure/virtual-machines/ephemeral-os-disks
 */
const LOCAL_DISK_GIB: Readonly<Record<string, number>> = {
  Standard_D2ds_v5: 75,
  Standard_D4ds_v5: 150,
  Standard_D8ds_v5: 300,
  Standard_D16ds_v5: 600,
  Standard_E8ds_v5: 300,
  Standard_NC4as_T4_v3: 176,
  Standard_NV36ads_A10_v5: 720,
};

/** Disk of a node's operating system. */
export interface OsDisk {
  readonly osDiskType: "Ephemeral" | "Managed";
  /** GiB. */
  readonly osDiskSizeGb: number;
}

/** On the machine itself where that has room for it, else a managed disk. */
export function osDisk(vmSize: string, gpu: boolean): OsDisk {
  const wanted = gpu ? DISK_GIB.gpu : DISK_GIB.cpu;
  const room = LOCAL_DISK_GIB[vmSize];
  if (room === undefined) return { osDiskType: "Managed", osDiskSizeGb: wanted };
  return { osDiskType: "Ephemeral", osDiskSizeGb: Math.min(wanted, room) };
}

/** The pool that takes over from a spot pool, on demand and empty until then. */
export function twinOf(pool: NodePool): NodePool | undefined {
  if (pool.capacity !== "spot") return undefined;
  return { ...pool, name: `${pool.name}-ondemand`, min: 0, capacity: "onDemand" };
}
