import fc from "fast-check";
import { overlap } from "../../environments/ranges";
import { addressPlan, mostNodes, nodesIn } from "../../lib/core/address-plan";

describe("a network", () => {
  test("is divided into the same parts everywhere", () => {
    expect(addressPlan("10.20.0.0/16")).toEqual({
      nodes: "10.20.0.0/19",
      services: "10.20.32.0/19",
      managed: "10.20.64.0/19",
      serverless: "10.20.96.0/20",
      proxies: "10.20.112.0/21",
      endpoints: "10.20.120.0/22",
      controlPlane: "10.20.124.0/28",
      pods: "10.20.128.0/17",
    });
  });

  test("of any size has parts that stay inside it and apart", () => {
    const network = fc.record({ prefix: fc.integer({ min: 8, max: 20 }), bits: fc.integer({ min: 0, max: 0xffffff }) });
    fc.assert(
      fc.property(network, ({ prefix, bits }) => {
        const size = 2 ** (32 - prefix);
        const first = Math.floor((0x0a000000 + bits) / size) * size;
        const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
        const cidr = `${octets.join(".")}/${prefix}`;
        const parts = Object.values(addressPlan(cidr));
        for (const [index, part] of parts.entries()) {
          expect(overlap(cidr, part)).toBe(true);
          for (const other of parts.slice(0, index)) expect(overlap(part, other)).toBe(false);
        }
      }),
    );
  });

  test("keeps what somebody has placed", () => {
    expect(addressPlan("10.20.0.0/16", { pods: "10.64.0.0/14", nodes: undefined })).toMatchObject({
      pods: "10.64.0.0/14",
      nodes: "10.20.0.0/19",
    });
  });
});

describe("nodes", () => {
  test("are counted with the twins of spot pools, the system pool, and one more for each while it is upgraded", () => {
    expect(mostNodes([])).toEqual({ nodes: 3 + 1, sum: "system 3 + upgrades 1" });
    const pools = [
      { name: "cpu", max: 3 },
      { name: "gpu", max: 2, capacity: "spot" as const },
    ];
    expect(mostNodes(pools)).toEqual({
      nodes: 3 + 2 * 2 + 3 + 4,
      sum: "cpu 3 + gpu 2 × 2 (spot and its twin) + system 3 + upgrades 4",
    });
  });

  test("take 256 addresses for pods each", () => {
    expect([nodesIn("10.0.0.0/24"), nodesIn("10.0.0.0/20"), nodesIn("10.0.0.0/25")]).toEqual([1, 16, 0]);
  });
});
