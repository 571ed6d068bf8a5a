import { AzureNames } from "../../lib/azure/parts/names";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { ClusterProps, NodePool } from "../../lib/contracts/cluster";
import { onAzure, PRODUCTION, resources } from "./support";

const NAMES = new AzureNames(PRODUCTION);
const CPU = { name: "cpu", class: "cpu-medium", min: 2, max: 6 } as const;
const GPU = { name: "gpu", class: "gpu-t4", min: 0, max: 4, capacity: "spot" } as const;

/** Pools by name. */
function pools(list: readonly NodePool[], props: Partial<ClusterProps> = {}, settings: AzureSettings = PRODUCTION) {
  const { compute } = onAzure(
    ({ platform, layer }) => {
      platform.encryptionKey(layer("foundation"), "Key-cluster", { use: "cluster" });
      platform.cluster(layer("compute"), "Cluster", { ...props, pools: list });
    },
    settings,
    { assume: true },
  );
  const found = resources(compute, "azurerm_kubernetes_cluster_node_pool");
  return Object.fromEntries(found.map((pool) => [String(pool.name), pool]));
}

describe("node pools", () => {
  test("grow between their limits", () => {
    expect(pools([CPU]).cpu).toMatchObject({ auto_scaling_enabled: true, min_count: 2, max_count: 6, zones: ["1"] });
    expect(pools([CPU], { highAvailability: true }).cpu).toMatchObject({ zones: ["1", "2", "3"] });
    expect(pools([CPU], {}, { ...PRODUCTION, zones: [] }).cpu).not.toHaveProperty("zones");
  });

  test("are hardened, each of them", () => {
    const made = Object.values(pools([CPU, GPU]));
    expect(made).toHaveLength(3);
    for (const pool of made) {
      expect(pool).toMatchObject({
        host_encryption_enabled: true,
        node_public_ip_enabled: false,
        max_pods: 110,
        mode: "User",
        vnet_subnet_id: NAMES.subnet("nodes"),
      });
    }
  });

  test("have labels of the same words as on every cloud", () => {
    expect(pools([CPU]).cpu?.node_labels).toEqual({ pool: "cpu", class: "cpu-medium", capacity: "on-demand" });
    expect(pools([GPU]).gpu?.node_labels).toMatchObject({ pool: "gpu", class: "gpu-t4", capacity: "spot" });
  });

  test("with GPUs have the driver, take only who asks for one, and begin at none", () => {
    const { gpu } = pools([{ ...GPU, capacity: "onDemand" }]);
    expect(gpu).toMatchObject({
      vm_size: "Standard_NC4as_T4_v3",
      gpu_driver: "Install",
      node_taints: ["nvidia.com/gpu=present:NoSchedule"],
      min_count: 0,
      upgrade_settings: { max_unavailable: "1" },
    });
    expect(pools([CPU]).cpu).not.toHaveProperty("gpu_driver");
  });

  test("of spot machines have a twin on demand that takes over", () => {
    const made = pools([GPU]);
    const twin = Object.values(made).find(({ priority }) => priority === undefined);
    expect(made.gpu).toMatchObject({ priority: "Spot", eviction_policy: "Delete", spot_max_price: -1 });
    expect(made.gpu?.node_taints).toContain("kubernetes.azure.com/scalesetpriority=spot:NoSchedule");
    expect(made.gpu).not.toHaveProperty("upgrade_settings");
    expect(twin).toMatchObject({
      min_count: 0,
      max_count: 4,
      node_labels: { pool: "gpu-ondemand", capacity: "on-demand" },
      node_taints: expect.arrayContaining(["mlops/fallback=on-demand:PreferNoSchedule"]),
    });
  });

  test("have names that AKS takes, also long ones, and no two the same", () => {
    const long = { ...CPU, name: "a-pool-with-a-very-long-name", capacity: "spot" } as const;
    const made = Object.values(pools([long, { ...CPU, name: "ab-c" }, { ...CPU, name: "a-bc" }]));
    const names = made.flatMap(({ name, temporary_name_for_rotation: other }) => [String(name), String(other)]);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9]{0,11}$/);
    expect(new Set(names).size).toBe(8);
  });

  test("keep the system's disk on the machine where that has room for it", () => {
    expect(pools([{ ...CPU, class: "gpu-t4" }]).cpu).toMatchObject({ os_disk_type: "Ephemeral", os_disk_size_gb: 176 });
    const machineTypes = { "cpu-medium": "Standard_D4s_v5", "cpu-small": "Standard_D2ds_v5" };
    const of = (size: NodePool["class"]) => pools([{ ...CPU, class: size }], {}, { ...PRODUCTION, machineTypes }).cpu;
    expect(of("cpu-medium")).toMatchObject({ vm_size: "Standard_D4s_v5", os_disk_type: "Managed" });
    expect(of("cpu-small")).toMatchObject({ os_disk_type: "Ephemeral", os_disk_size_gb: 75 });
  });

  test("may not take the name of the pool that every cluster has", () => {
    expect(() => pools([{ ...CPU, name: "system" }])).toThrow(/system is the name/);
  });

  test("with GPUs stand in every zone; where not each has them, Azure chooses", () => {
    const zones = (region: string) => pools([GPU], {}, { ...PRODUCTION, region }).gpu?.zones;
    expect(zones("uksouth")).toEqual(["1", "2", "3"]);
    expect(zones("koreacentral")).toBeUndefined();
  });

  test("of machines that the region does not have are refused, with regions that have them", () => {
    const settings = { ...PRODUCTION, region: "koreasouth", zones: [] };
    expect(() => pools([{ ...CPU, class: "gpu-h100" }], {}, settings)).toThrow(
      /koreasouth does not have[\s\S]*region that has it/,
    );
  });
});
