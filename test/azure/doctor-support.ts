/** A subscription in which everything is right, and the doctor that looks at it. */
import { createAzureOperator } from "../../lib/azure/operator";
import { resourceProvidersFor } from "../../lib/azure/parts/resource-providers";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { NodePool } from "../../lib/contracts/cluster";
import type { Check } from "../../lib/contracts/operator";
import { type Answers, atOnce, fakeAzure, list, ok } from "./operator-support";
import { PRODUCTION } from "./support";

const { subscription, tenant, region } = PRODUCTION;
/** Id of the subscription, in lower case. */
export const SUBSCRIPTION = `/subscriptions/${subscription}`;
/** Production whose state is kept in files: the state is not looked at. */
export const LOCAL: AzureSettings = { ...PRODUCTION, backend: { type: "local" } };

const POOLS: readonly NodePool[] = [{ name: "gpu", class: "gpu-a100", min: 0, max: 2, capacity: "spot" }];
const TRAINING = { class: "cpu-medium", max: 10, capacity: "onDemand" } as const;

/** One quota, as Azure lists it. */
export const usage = (value: string, limit: number, currentValue = 0) => ({
  name: { value, localizedValue: value },
  limit,
  currentValue,
});
/** Quotas of processors. */
export const USAGES = [
  usage("cores", 100, 8),
  usage("lowPriorityCores", 100),
  usage("standardDSv5Family", 50),
  usage("StandardNCADSA100v4Family", 48),
];
/** One machine, as Azure lists it. */
export const machine = (name: string, family: string, restrictions: readonly object[] = []) => ({
  resourceType: "virtualMachines",
  name,
  family,
  locationInfo: [{ location: region, zones: ["1", "2", "3"] }],
  restrictions,
});
/** Machines that the region offers. */
export const SKUS = [
  machine("Standard_D4s_v5", "standardDSv5Family"),
  machine("Standard_NC24ads_A100_v4", "standardNCADSA100v4Family"),
];
/** Quotas of Azure ML. */
export const ML_USAGES = [
  {
    type: "Microsoft.MachineLearningServices/dedicatedCores/usages",
    ...usage("Total Cluster Dedicated Regional vCPUs", 100),
  },
  {
    type: "Microsoft.MachineLearningServices/vmFamily/usages",
    ...usage("Standard DSv5 Family Cluster Dedicated vCPUs", 100),
  },
];

/** A subscription in which everything is right. `first` answers before it. */
function wellSet(first: Answers = () => undefined): Answers {
  return (asked) => {
    const { path } = asked;
    const early = first(asked);
    if (early !== undefined) return early;
    if (path === SUBSCRIPTION) return ok({ displayName: "Acme ML", tenantId: tenant, state: "Enabled" });
    if (path === `${SUBSCRIPTION}/providers`) {
      return list(
        ...resourceProvidersFor(PRODUCTION).map((namespace) => ({ namespace, registrationState: "Registered" })),
      );
    }
    if (path.includes("/features/")) return ok({ properties: { state: "Registered" } });
    if (path.endsWith("/permissions")) return list({ actions: ["*"], notActions: [] });
    if (path.endsWith("microsoft.compute/skus")) return list(...SKUS);
    if (path.endsWith("/usages")) return list(...(path.includes("microsoft.compute") ? USAGES : ML_USAGES));
    if (path.endsWith("/checknameavailability")) return ok({ nameAvailable: true });
    if (path.startsWith("/devops/acme/_apis/projects/")) return ok({ name: "ml-platform" });
    if (path.includes("/_apis/serviceendpoint/")) return ok({ id: "1", name: "github", type: "github", isReady: true });
    return undefined;
  };
}

/** What the doctor finds. */
export async function doctor(first?: Answers, settings: AzureSettings = LOCAL): Promise<readonly Check[]> {
  const cloud = await fakeAzure(wellSet(first));
  try {
    const { access } = cloud;
    return await createAzureOperator({ settings, access, pause: atOnce, pools: POOLS, training: TRAINING }).doctor();
  } finally {
    await cloud.close();
  }
}
/** The check of that name. */
export const row = (checks: readonly Check[], name: string) => checks.find(({ check }) => check === name);
