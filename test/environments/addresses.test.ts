import { ADDRESSES_PER_NODE } from "../../lib/core/address-plan";
import { GCP, onGcp, problems, removeFolders } from "./workspace";

afterEach(removeFolders);

const pool = (max: number, capacity = "onDemand") =>
  `kubernetes: { pools: { cpu: { class: cpu-small, max: ${max}, capacity: ${capacity} } } }`;

describe("a part with a fixed place", () => {
  test("stays apart from the parts that are carved, with the place it would have by itself", () => {
    expect(onGcp("network: { ranges: { nodes: 10.20.160.0/20 } }")).toEqual([
      "a.yaml:3:29: network.ranges.nodes: got 10.20.160.0/20, which overlaps what is carved from network.cidr 10.20.0.0/16 for pods 10.20.128.0/17. Remove it, and nodes is carved as 10.20.0.0/19, or place network.ranges.pods as well",
    ]);
  });

  test("cannot push aside a part that only the platform places", () => {
    expect(onGcp("network: { ranges: { services: 10.20.64.0/20 } }")).toEqual([
      "a.yaml:3:32: network.ranges.services: got 10.20.64.0/20, which overlaps what is carved from network.cidr 10.20.0.0/16 for managed 10.20.64.0/19. Remove it, and services is carved as 10.20.32.0/19",
    ]);
  });

  test("is accepted in its own place, in that of another placed part, and outside", () => {
    const ranges = "nodes: 10.20.128.0/20, pods: 10.64.0.0/16, services: 10.20.0.0/20";
    expect(() => onGcp(`network: { ranges: { ${ranges} } }`)).toThrow("accepted");
  });

  test("is not held against parts where the subnets exist", () => {
    const existing =
      "existing: { network: projects/p/global/networks/n, subnets: { nodes: projects/p/regions/asia-northeast3/subnetworks/s } }";
    const gcp = GCP.replace("region: asia-northeast3 }", `region: asia-northeast3, ${existing} }`);
    expect(gcp).toContain("existing");
    expect(() => problems({ "a.yaml": `${gcp}network: { ranges: { nodes: 10.20.160.0/20 } }\n` })).toThrow("accepted");
  });
});

describe("the half for pods", () => {
  test("holds every pool, its twin, the system pool and the upgrades, or is refused with the arithmetic", () => {
    expect(onGcp(`network: { cidr: 10.20.0.0/20 }\n${pool(4, "spot")}`)).toEqual([
      "a.yaml:3:18: network.cidr: got 10.20.0.0/20, whose half for pods, 10.20.8.0/21, has 2048 addresses, wanted at least 14 nodes × 256 = 3584 (cpu 4 × 2 (spot and its twin) + system 3 + upgrades 3). Write at least a /19, or place network.ranges.pods elsewhere, at least a /20",
    ]);
  });

  test.each([
    [59, "accepted"],
    [60, "wanted at least 65 nodes × 256 = 16640 (cpu 60 + system 3 + upgrades 2)"],
  ])("of a /17 with %i nodes in one pool: %s", (max, outcome) => {
    // A /17 has a /18 for pods: 64 nodes.
    const found = () => onGcp(`network: { cidr: 10.20.0.0/17 }\n${pool(max)}`);
    if (outcome === "accepted") expect(found).toThrow("accepted");
    else expect(found()).toEqual([expect.stringContaining(outcome)]);
    expect(2 ** 14 / ADDRESSES_PER_NODE).toBe(64);
  });

  test("and the range of the nodes are both large enough", () => {
    expect(onGcp(`network: { ranges: { nodes: 10.20.0.0/28 } }\n${pool(9)}`)).toEqual([
      "a.yaml:3:29: network.ranges.nodes: got 10.20.0.0/28 with 16 addresses, wanted at least 14 for nodes (cpu 9 + system 3 + upgrades 2) and 4 that the cloud keeps. Write at least a /27",
    ]);
    expect(onGcp(`network: { cidr: 10.20.0.0/20, ranges: { pods: 10.64.0.0/11 } }\n${pool(600)}`)).toEqual([
      "a.yaml:3:18: network.cidr: got 10.20.0.0/20, whose part for nodes, 10.20.0.0/23, is too small with 512 addresses, wanted at least 605 for nodes (cpu 600 + system 3 + upgrades 2) and 4 that the cloud keeps. Write at least a /19",
    ]);
  });

  test("is nobody's business with a cluster that exists", () => {
    const gcp = GCP.replace("3 }", "3, existing: { cluster: projects/p/locations/l/clusters/c } }");
    expect(() => problems({ "a.yaml": `${gcp}network: { cidr: 10.20.0.0/20 }\n${pool(400)}\n` })).toThrow("accepted");
  });
});
