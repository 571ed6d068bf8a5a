import { ADDRESSES_PER_NODE } from "../../lib/core/address-plan";
import { AZURE, GCP, onAzure, onGcp, problems, removeFolders } from "./workspace";

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

describe("on Azure", () => {
  test.each([
    ["cidr: 172.30.0.0/16", "a.yaml:3:18: network.cidr: got 172.30.0.0/16, which overlaps 172.30.0.0/16"],
    ["cidr: 100.100.0.0/18", "a.yaml:3:18: network.cidr: got 100.100.0.0/18, which overlaps 100.100.0.0/17"],
    [
      "ranges: { pods: 172.31.0.0/16 }",
      "a.yaml:3:28: network.ranges.pods: got 172.31.0.0/16, which overlaps 172.31.0.0/16",
    ],
  ])("%s is a range that Azure keeps to itself", (network, problem) => {
    expect(onAzure(`network: { ${network} }`)).toEqual([`${problem}, a range that Azure keeps to itself`]);
    expect(() => onGcp(`network: { ${network} }`)).toThrow("accepted");
  });

  test("parts have the size that their services take", () => {
    expect(
      onAzure("network: { ranges: { controlPlane: 10.99.0.0/29, endpoints: 10.20.120.0/28, services: 11.0.0.0/12 } }"),
    ).toEqual([
      "a.yaml:3:36: network.ranges.controlPlane: got 10.99.0.0/29, wanted at least a /28: the cluster's API server takes a subnet of that size",
      "a.yaml:3:61: network.ranges.endpoints: got 10.20.120.0/28, wanted at least a /27: it holds the private endpoints of every store, the registry, the vault and the workspace",
      "a.yaml:3:87: network.ranges.services: got 11.0.0.0/12, wanted at most a /13: AKS takes no larger range for services",
    ]);
    expect(() =>
      onAzure("network: { ranges: { controlPlane: 10.99.0.0/24, endpoints: 10.20.120.0/27, services: 11.0.0.0/13 } }"),
    ).toThrow("accepted");
  });

  test("a subnet has five addresses that Azure keeps", () => {
    const nodes = (max: number) => `network: { ranges: { nodes: 10.20.0.0/28 } }\n${pool(max)}`;
    expect(() => onAzure(nodes(6))).toThrow("accepted");
    expect(onAzure(nodes(7))[0]).toContain(
      "wanted at least 12 for nodes (cpu 7 + system 3 + upgrades 2) and 5 that the cloud keeps",
    );
    expect(() => onGcp(nodes(7))).toThrow("accepted");
  });

  test("subnets are made in a network that exists, too, and have room for the nodes", () => {
    const id =
      "/subscriptions/1b2c3d4e-0000-4000-8000-0000000000d9/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/v";
    // What exists on the other cloud is nobody's business here.
    const google =
      "existing: { network: projects/p/global/networks/n, subnets: { nodes: projects/p/regions/asia-northeast3/subnetworks/s } }";
    const file = AZURE.replace("koreacentral }", `koreacentral, existing: { network: ${id} } }, gcp: { ${google} }`);
    expect(problems({ "a.yaml": `${file}network: { cidr: 10.20.0.0/21 }\n` })).toEqual([
      "a.yaml:3:18: network.cidr: got 10.20.0.0/21, wanted at least a /20 to carve the parts from",
    ]);
  });
});
