/** Quotas of the region against what the environment's node pools may grow to. GPUs first: they begin at 0 in new projects. */
import type { NodePool } from "../../contracts/cluster";
import type { Check } from "../../contracts/operator";
import { type Json, objects, text } from "../../core/json";
import { SIZES } from "../../core/sizes";
import { SYSTEM_POOL } from "../../core/system-pool";
import type { GcpNames } from "../parts/names";
import { nodeDiskGiB, twinOf } from "../parts/pools";
import type { GoogleClient } from "./client";

/** A limit, and what may be asked of it. */
interface Need {
  readonly metric: string;
  /** Asked for by a plan itself, not by growth. */
  readonly atOnce: number;
  readonly atMost: number;
  readonly who: readonly string[];
  /** Whether a pool cannot have a single node without it. Of a twin this is not said: it only takes over. */
  readonly vital: boolean;
}

/**
 * Names of the limits (https://cloud.google.com/compute/docs/reference/rest/v1/regions). Spot machines have limits of
 * their own for GPUs (https://cloud.google.com/compute/resource-usage#gpu_quota).
 */
function gpuMetric(kind: string, spot: boolean): string {
  return `${spot ? "PREEMPTIBLE_" : ""}NVIDIA_${kind.toUpperCase()}_GPUS`;
}

/** General purpose machines count against CPUS, accelerator-optimized ones against limits of their own. */
const COUNTS_AS_CPUS = /^(e2|n1)-/;

function needsOf(pools: readonly NodePool[], names: GcpNames): readonly Need[] {
  const needs = new Map<string, Need>();
  const twins = pools.flatMap((pool) => twinOf(pool) ?? []);
  const add = (metric: string, pool: NodePool, each: number) => {
    const { atOnce, atMost, who, vital } = needs.get(metric) ?? { atOnce: 0, atMost: 0, who: [], vital: false };
    needs.set(metric, {
      metric,
      atOnce: atOnce + each * pool.min,
      atMost: atMost + each * pool.max,
      who: [...who, pool.name],
      vital: vital || !twins.includes(pool),
    });
  };
  for (const pool of [...pools, ...twins, { ...SYSTEM_POOL, min: 1 }]) {
    const { gpu } = SIZES[pool.class];
    const machine = names.machine(pool.class);
    if (gpu) add(gpuMetric(gpu.kind, pool.capacity === "spot"), pool, gpu.count);
    if (gpu) add("GPUS_ALL_REGIONS", pool, gpu.count);
    if (COUNTS_AS_CPUS.test(machine.type)) add("CPUS", pool, machine.vcpu);
    add("SSD_TOTAL_GB", pool, nodeDiskGiB(gpu !== undefined));
  }
  const gpusFirst = ({ metric }: Need) => (metric.includes("GPU") ? 0 : 1);
  return [...needs.values()].sort((a, b) => gpusFirst(a) - gpusFirst(b));
}

/** A check per limit. Only what could not even be created is a problem; growth that ends early is a warning. */
export async function quotaChecks(
  client: GoogleClient,
  names: GcpNames,
  pools: readonly NodePool[],
): Promise<readonly Check[]> {
  const { project, region } = names.settings;
  const inRegion = await client.find("compute", `projects/${project}/regions/${region}`);
  const inProject = await client.find("compute", `projects/${project}`);
  if (inRegion === null) {
    const message = `cannot be seen yet: the API compute.googleapis.com is not enabled in ${project}, or there is no region ${region}`;
    return [
      { check: "quotas", ok: true, warning: true, message, fix: "Look again after the foundation layer is deployed" },
    ];
  }
  const limits = new Map(
    [...objects(inProject?.quotas), ...objects(inRegion.quotas)].map((row) => [text(row.metric), row]),
  );
  return needsOf(pools, names).flatMap((need) => quotaCheck(need, limits.get(need.metric), names) ?? []);
}

function quotaCheck(
  { metric, atOnce, atMost, who, vital }: Need,
  row: Json | undefined,
  names: GcpNames,
): Check | null {
  if (row === undefined) return null;
  const { project, region } = names.settings;
  const [limit, used] = [Number(row.limit), Number(row.usage ?? 0)];
  const check = `quota ${metric}`;
  const place = metric === "GPUS_ALL_REGIONS" ? "in all regions" : `in ${region}`;
  const message = `${limit} ${place}, ${used} in use; pools ${who.join(", ")} may take ${atMost}`;
  if (atMost <= limit) return { check, ok: true, message, fix: null };
  const page = `https://console.cloud.google.com/iam-admin/quotas?project=${project}`;
  const fix = `Ask for ${atMost} at ${page} (filter: ${metric}), or lower max of kubernetes.pools`;
  const impossible = atOnce > limit || (vital && limit === 0 && metric.includes("GPU"));
  return { check, ok: !impossible, message, fix, ...(impossible ? {} : { warning: true }) };
}
