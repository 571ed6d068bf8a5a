/** What node pools are made of, for those who make them and those who count. Does not load the engine. */
import type { NodePool } from "../../contracts/cluster";

/** GiB. The operating system and images; GPU images are large. */
const DISK_GIB = { cpu: 100, gpu: 200 } as const;

/** Size of a node's boot disk, GiB. */
export function nodeDiskGiB(gpu: boolean): number {
  return gpu ? DISK_GIB.gpu : DISK_GIB.cpu;
}

/**
 * The pool that takes over from a spot pool, on demand and empty until then. None for an H100, which is to be had as spot
 * capacity only.
 */
export function twinOf(pool: NodePool): NodePool | undefined {
  if (pool.capacity !== "spot" || pool.class === "gpu-h100") return undefined;
  return { ...pool, name: `${pool.name}-ondemand`, min: 0, capacity: "onDemand" };
}
