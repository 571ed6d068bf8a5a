/** Quotas and machines of the region against what the environment may grow to. GPUs first: they begin at 0 in new subscriptions. */
import type { NodePool } from "../../contracts/cluster";
import type { Check } from "../../contracts/operator";
import type { SizeClass } from "../../contracts/sizes";
import { type Json, object, objects, text, texts } from "../../core/json";
import { SIZES } from "../../core/sizes";
import { SYSTEM_POOL } from "../../core/system-pool";
import { twinOf } from "../parts/pools";
import type { AzureContext } from "./context";

/** All on-demand processors of a region, and all spot ones, https://learn.microsoft.com/en-us/azure/quotas/spot-quota. */
const REGIONAL = { onDemand: "cores", spot: "lowPriorityCores" } as const;
const QUOTA_PAGE = "https://portal.azure.com/#view/Microsoft_Azure_Capacity/QuotaMenuBlade/~/myQuotas";
const ML_QUOTA_PAGE = "https://ml.azure.com/quota";

/** A limit, and what may be asked of it. */
interface Need {
  /** `standardDSv5Family`, in lower case. */
  readonly metric: string;
  readonly gpu: boolean;
  /** Asked for by a plan itself, not by growth. */
  readonly atOnce: number;
  readonly atMost: number;
  readonly who: readonly string[];
  /** Whether a pool cannot have a single node without it. Of a twin this is not said: it only takes over. */
  readonly vital: boolean;
}

/** Machines that are asked for, and by whom. */
interface Wish {
  readonly name: string;
  readonly class: SizeClass;
  readonly min: number;
  readonly max: number;
  readonly spot: boolean;
  readonly vital: boolean;
}

/** A check for each machine that is not to be had, and for each limit. */
export async function quotaChecks({ client, names, pools, settings }: AzureContext): Promise<readonly Check[]> {
  const { subscription, region } = settings;
  const base = `/subscriptions/${subscription}/providers/Microsoft.Compute`;
  const usages = await client.list("compute", `${base}/locations/${region}/usages`);
  const skus = await client.list("skus", `${base}/skus`, { $filter: `location eq '${region}'` });
  if (usages.length === 0 || skus.length === 0) {
    const message = `cannot be seen yet: Microsoft.Compute is not registered, or there is no region ${region}`;
    const fix = `Run mlops bootstrap ${settings.environment}, and look again`;
    return [{ check: "quotas", ok: true, warning: true, message, fix }];
  }
  const machines = new Map(
    skus.filter((row) => row.resourceType === "virtualMachines").map((row) => [text(row.name), row]),
  );
  const wishes = wishesOf(pools);
  const rows = new Map(usages.map((row) => [text(object(row.name)?.value).toLowerCase(), row]));
  const familyOf = (size: SizeClass) => text(machines.get(names.machine(size).type)?.family).toLowerCase();
  const needs = needsOf(wishes, familyOf, (size) => names.machine(size).vcpu);
  return [
    ...machineChecks(wishes, machines, { ...settings, machine: (size) => names.machine(size).type }),
    ...needs.flatMap((need) => quotaCheck(need, rows.get(need.metric), region) ?? []),
  ];
}

function wishesOf(pools: readonly NodePool[]): readonly Wish[] {
  const twins = pools.flatMap((pool) => twinOf(pool) ?? []);
  const wish = (vital: boolean) => (pool: NodePool) => ({
    name: pool.name,
    class: pool.class,
    min: pool.min,
    max: pool.max,
    spot: pool.capacity === "spot",
    vital,
  });
  const system: Wish = { ...SYSTEM_POOL, min: 1, spot: false, vital: true };
  return [...pools.map(wish(true)), ...twins.map(wish(false)), system];
}

function needsOf(
  wishes: readonly Wish[],
  familyOf: (size: SizeClass) => string,
  coresOf: (size: SizeClass) => number,
): readonly Need[] {
  const needs = new Map<string, Need>();
  for (const wish of wishes) {
    const { name, class: size, min, max, spot, vital } = wish;
    const regional = spot ? REGIONAL.spot : REGIONAL.onDemand;
    // Spot machines count against one limit of their own, whatever their family is.
    const metrics = spot ? [regional] : [familyOf(size), regional];
    for (const metric of metrics.filter(Boolean).map((word) => word.toLowerCase())) {
      const sum = needs.get(metric) ?? { metric, gpu: false, atOnce: 0, atMost: 0, who: [], vital: false };
      const cores = coresOf(size);
      needs.set(metric, {
        metric,
        gpu: sum.gpu || SIZES[size].gpu !== undefined,
        atOnce: sum.atOnce + cores * min,
        atMost: sum.atMost + cores * max,
        who: [...sum.who, name],
        vital: sum.vital || vital,
      });
    }
  }
  return [...needs.values()].sort((a, b) => Number(b.gpu) - Number(a.gpu));
}

/** Only what could not even be created is a problem; growth that ends early is a warning. */
function quotaCheck({ metric, gpu, atOnce, atMost, who, vital }: Need, row: Json | undefined, region: string) {
  if (row === undefined) return null;
  const [limit, used] = [Number(row.limit), Number(row.currentValue ?? 0)];
  const title = text(object(row.name)?.localizedValue) || metric;
  const message = `${limit} processors in ${region}, ${used} in use; pools ${who.join(", ")} may take ${atMost}`;
  const check = `quota ${title}`;
  if (atMost <= limit) return { check, ok: true, message, fix: null };
  const fix = `Ask for ${atMost} at ${QUOTA_PAGE} (region ${region}, filter: ${title}), or lower max of kubernetes.pools`;
  const impossible = atOnce > limit || (vital && limit === 0 && gpu);
  return { check, ok: !impossible, message, fix, ...(impossible ? {} : { warning: true }) };
}

/** Machines that are not offered to this subscription, in the region or in its zones. */
function machineChecks(
  wishes: readonly Wish[],
  machines: ReadonlyMap<string, Json>,
  {
    region,
    zones,
    machine,
  }: { readonly region: string; readonly zones: readonly string[]; readonly machine: (size: SizeClass) => string },
): readonly Check[] {
  const types = new Map<string, Wish[]>();
  for (const wish of wishes) types.set(machine(wish.class), [...(types.get(machine(wish.class)) ?? []), wish]);
  return [...types].flatMap(([type, users]) => {
    const who = users.map(({ name }) => name).join(", ");
    const check = `machine ${type}`;
    const fix =
      "Choose another region (clouds.azure.region), another class (kubernetes.pools.NAME.class) or another machine (overrides.azure.machineTypes), or ask for access: https://learn.microsoft.com/en-us/troubleshoot/azure/general/region-access-request-process";
    const row = machines.get(type);
    if (row === undefined)
      return [{ check, ok: false, message: `not offered in ${region}, and pools ${who} are made of it`, fix }];
    const barred = objects(row.restrictions);
    if (barred.some((restriction) => restriction.type === "Location")) {
      const message = `not available to this subscription in ${region}, and pools ${who} are made of it`;
      return [{ check, ok: false, message, fix }];
    }
    const offered = texts(objects(row.locationInfo)[0]?.zones);
    const closed = barred.flatMap(({ restrictionInfo }) => texts(object(restrictionInfo)?.zones));
    const lacking = zones.filter((zone) => !offered.includes(zone) || closed.includes(zone));
    if (lacking.length === 0) return [];
    const none = lacking.length === zones.length;
    const message = `not to be had in zone ${lacking.join(", ")} of ${region}, and pools ${who} are made of it`;
    const choose = none
      ? fix
      : `Write clouds.azure.zones: [${zones.filter((zone) => !lacking.includes(zone)).join(", ")}]`;
    return [{ check, ok: !none, message, fix: choose, ...(none ? {} : { warning: true }) }];
  });
}

/** Machines that train have limits of their own in Azure ML, https://learn.microsoft.com/en-us/azure/machine-learning/how-to-manage-quotas. */
export async function trainingQuotaChecks({ client, names, settings, training }: AzureContext) {
  if (training === undefined) return [];
  const { subscription, region } = settings;
  const base = `/subscriptions/${subscription}/providers`;
  const rows = await client.list(
    "machineLearning",
    `${base}/Microsoft.MachineLearningServices/locations/${region}/usages`,
  );
  const skus = await client.list("skus", `${base}/Microsoft.Compute/skus`, { $filter: `location eq '${region}'` });
  const machine = names.machine(training.class);
  const family = plain(skus.find((row) => row.name === machine.type)?.family);
  const spot = training.capacity === "spot";
  const atMost = machine.vcpu * training.max;
  return rows.flatMap((row): Check[] => {
    const name = text(object(row.name)?.value);
    const kind = text(row.type).split("/").at(-2) ?? "";
    const total = kind === (spot ? "lowPriorityCores" : "dedicatedCores");
    const own = !spot && family !== "" && plain(name).startsWith(`${family}cluster`);
    const limit = Number(row.limit);
    if (!(total || own)) return [];
    const check = `quota of Azure ML, ${name}`;
    const message = `${limit} processors in ${region}; training.max may take ${atMost}`;
    if (limit < 0 || atMost <= limit) return [{ check, ok: true, message, fix: null }];
    const fix = `Ask for ${atMost} at ${ML_QUOTA_PAGE} (region ${region}), or lower training.max`;
    return [{ check, ok: true, warning: true, message, fix }];
  });
}

/** Letters and digits only, in lower case: the names of one family differ in dashes and case from list to list. */
const plain = (value: unknown) =>
  text(value)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
