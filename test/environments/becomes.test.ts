import { explain } from "../../environments/explain";
import { AZURE, folder, GCP, removeFolders } from "./workspace";

afterEach(removeFolders);

/** What a setting becomes in an environment on Google Cloud, with these settings. */
function becomes(path: string, settings = "", gcp = GCP): string | undefined {
  const directory = folder({ "a.yaml": `${gcp}${settings}\n` });
  return explain({ directory, name: "a", path }).becomes;
}

describe("explain says what it becomes on Google Cloud:", () => {
  test("a cluster's place", () => {
    expect(becomes("kubernetes.highAvailability")).toBe(
      "a zonal cluster in asia-northeast3-a; pools with GPUs stand in each of asia-northeast3-a, asia-northeast3-b, asia-northeast3-c that has them",
    );
    expect(becomes("kubernetes.highAvailability", "kubernetes: { highAvailability: true }")).toBe(
      "a regional cluster in asia-northeast3 (Seoul), nodes in asia-northeast3-a, asia-northeast3-b, asia-northeast3-c",
    );
    const existing = GCP.replace("3 }", "3, existing: { cluster: projects/p/locations/l/clusters/c } }");
    expect(becomes("kubernetes.highAvailability", "", existing)).toBeUndefined();
  });

  test("zones that nobody chose", () => {
    expect(becomes("clouds.gcp.zones", "", GCP.replace("asia-northeast3", "us-east1"))).toBe(
      "us-east1-b, us-east1-c, us-east1-d (table of 2026-11-20)",
    );
    expect(becomes("clouds.gcp.zones", "", GCP.replace("asia-northeast3", "asia-southeast3"))).toBe(
      "asia-southeast3-a, asia-southeast3-b, asia-southeast3-c (not in the table, so the usual ones)",
    );
    expect(becomes("clouds.gcp.zones", "", GCP.replace("3 }", "3, zones: [asia-northeast3-b] }"))).toBeUndefined();
  });

  test("the parts of a network", () => {
    const placed = "network: { cidr: 10.30.0.0/20, ranges: { pods: 10.64.0.0/14 } }";
    expect(becomes("network.cidr", placed)).toMatch(/^nodes 10\.30\.0\.0\/23, .*, pods 10\.64\.0\.0\/14$/);
    expect(becomes("network.ranges.services", placed)).toBe("10.30.2.0/23, carved from network.cidr 10.30.0.0/20");
    expect(becomes("network.ranges.pods", placed)).toBeUndefined();
    const subnets = "subnets: { nodes: projects/p/regions/asia-northeast3/subnetworks/s }";
    const existing = GCP.replace("3 }", `3, existing: { network: projects/p/global/networks/n, ${subnets} } }`);
    expect(becomes("network.cidr", "", existing)).toBeUndefined();
  });

  test("zones of a GPU, and the twin of a spot pool", () => {
    const pools = "kubernetes: { pools: { gpu: { class: gpu-t4, max: 2, capacity: spot } } }";
    expect(becomes("kubernetes.pools.gpu.class", pools)).toMatch(
      /^n1-standard-4 on cloud gcp: .*; in asia-northeast3-b, asia-northeast3-c$/,
    );
    expect(becomes("kubernetes.pools.gpu.capacity", pools)).toMatch(
      /^two pools on cloud gcp: spot machines, and a twin/,
    );
    const unknown = GCP.replace("asia-northeast3", "asia-southeast3");
    expect(becomes("kubernetes.pools.gpu.class", pools, unknown)).toMatch(
      /; whether asia-southeast3 has it is not known/,
    );
  });

  test("a promise, as what may go wrong", () => {
    expect(becomes("monitoring.availabilityObjective", "monitoring: { availabilityObjective: 0.995 }")).toBe(
      "at most 5000 bad predictions in a million, over 28 days",
    );
  });
});

describe("explain says what it becomes on Azure:", () => {
  const azure = (path: string, settings = "", file = AZURE) => becomes(path, settings, file);
  const zoneless = AZURE.replace("koreacentral", "westus");

  test("a cluster's place", () => {
    expect(azure("kubernetes.highAvailability")).toBe(
      "a cluster in koreacentral (Seoul), nodes in zone 1; the control plane is in every zone by itself",
    );
    expect(azure("kubernetes.highAvailability", "kubernetes: { highAvailability: true }")).toBe(
      "a cluster in koreacentral (Seoul), nodes in zones 1, 2, 3",
    );
    expect(azure("kubernetes.highAvailability", "", zoneless)).toBe(
      "a cluster in westus (California), which has no zones",
    );
  });

  test("zones that nobody chose", () => {
    expect(azure("clouds.azure.zones")).toBe("1, 2, 3 (table of 2026-11-20)");
    expect(azure("clouds.azure.zones", "", zoneless)).toBe("none: westus has no zones (table of 2026-11-20)");
    expect(
      azure("clouds.azure.zones", "", AZURE.replace("koreacentral }", 'koreacentral, zones: ["2"] }')),
    ).toBeUndefined();
  });

  test("a database's standby, and the next disk that there is", () => {
    const highly = "metadata: { highAvailability: true, storageGiB: 100 }";
    expect(azure("metadata.highAvailability", highly)).toBe("a server in zone 1 and a standby in zone 2");
    expect(azure("metadata.highAvailability", highly, zoneless)).toBe(
      "a standby beside the server, on other hardware: westus has no zones",
    );
    expect(
      azure("metadata.highAvailability", highly, AZURE.replace("koreacentral }", 'koreacentral, zones: ["2"] }')),
    ).toBe("a standby beside the server, on other hardware: there is zone 2 only");
    expect(azure("metadata.storageGiB", highly)).toBe("128 GiB on cloud azure, the next size that there is");
    expect(azure("metadata.storageGiB", "metadata: { storageGiB: 64 }")).toBeUndefined();
  });

  test("a GPU, with what stands in for it and in how many zones it is", () => {
    const pools = (size: string) => `kubernetes: { pools: { gpu: { class: ${size}, max: 2, capacity: spot } } }`;
    expect(azure("kubernetes.pools.gpu.class", pools("gpu-l4"))).toBe(
      "Standard_NV36ads_A10_v5 on cloud azure: 36 vCPU, 440 GiB, 1 × NVIDIA A10 with 24 GiB (Azure has no L4: an A10, which has the same 24 GiB, stands in for it); table of 2026-11-20; in 2 of the 3 zones of koreacentral",
    );
    expect(azure("kubernetes.pools.gpu.class", pools("gpu-t4"), zoneless)).toMatch(/; in westus, which has no zones$/);
    expect(azure("kubernetes.pools.gpu.class", pools("gpu-t4"), AZURE.replace("koreacentral", "francesouth"))).toMatch(
      /; whether francesouth has it is not known here$/,
    );
    expect(azure("kubernetes.pools.gpu.capacity", pools("gpu-l4"))).toMatch(
      /^two pools on cloud azure: spot machines, and a twin/,
    );
  });

  test("machines of Azure ML, which takes other series than a node is of", () => {
    const all =
      "kubernetes: { pools: { cpu: { class: cpu-medium, max: 2 } } }\ntraining: { class: cpu-medium }\nserving: { production: { target: managed, class: cpu-medium } }";
    expect(azure("kubernetes.pools.cpu.class", all)).toMatch(/^Standard_D4s_v5 on cloud azure: 4 vCPU, 16 GiB; /);
    expect(azure("training.class", all)).toMatch(/^Standard_D4ds_v4 on cloud azure/);
    expect(azure("serving.production.class", all)).toMatch(/^Standard_D4as_v4 on cloud azure/);
    expect(azure("serving.production.class", all.replace("managed", "kubernetes"))).toMatch(
      /^Standard_D4s_v5 on cloud azure/,
    );
  });

  test("a name that nobody chose, a range, a promise, and the currency of a budget", () => {
    expect(azure("clouds.azure.resourceGroup")).toBe("acme-a-ml");
    expect(
      azure("clouds.azure.resourceGroup", "", AZURE.replace("koreacentral }", "koreacentral, resourceGroup: g }")),
    ).toBeUndefined();
    expect(azure("network.ranges.endpoints")).toBe("10.20.120.0/22, carved from network.cidr 10.20.0.0/16");
    expect(azure("monitoring.availabilityObjective", "monitoring: { availabilityObjective: 0.9999 }")).toBe(
      "at most 100 bad predictions in a million, over 28 days",
    );
    const budget = "budget: { monthly: 800, currency: USD }";
    expect(azure("budget.currency", budget)).toBe(
      "an amount in the currency that the subscription is billed in: Azure's budgets know no other",
    );
  });

  test("what is replaced, and why", () => {
    expect(azure("training.tensorBoard", "training: { tensorBoard: true }")).toBe(
      "false on cloud azure, instead of true: there is none to rent; metrics are in Azure ML's own view of runs",
    );
  });
});

test("nothing of it is said on this machine", () => {
  const directory = folder();
  for (const path of ["kubernetes.highAvailability", "network.cidr", "clouds.gcp.zones"]) {
    expect(explain({ directory, name: "local", path }).becomes).toBeUndefined();
  }
});
