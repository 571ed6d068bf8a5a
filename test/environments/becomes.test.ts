import { explain } from "../../environments/explain";
import { folder, GCP, removeFolders } from "./workspace";

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

test("nothing of it is said on this machine", () => {
  const directory = folder();
  for (const path of ["kubernetes.highAvailability", "network.cidr", "clouds.gcp.zones"]) {
    expect(explain({ directory, name: "local", path }).becomes).toBeUndefined();
  }
});
