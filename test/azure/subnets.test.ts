/** How the network on Azure is divided. */
import ipaddr from "ipaddr.js";
import { subnetRanges } from "../../lib/azure/parts/subnets";
import { addressPlan } from "../../lib/core/address-plan";

describe("the ranges of subnets", () => {
  it.each(["10.20.0.0/16", "10.8.16.0/20", "172.16.4.0/22"])("do not overlap in %s, and leave out the pods", (cidr) => {
    const plan = addressPlan(cidr);
    const ranges = [...Object.values(subnetRanges(plan)), plan.pods, plan.services].map((range) =>
      ipaddr.IPv4.parseCIDR(range),
    );
    for (const [index, [address, prefix]] of ranges.entries()) {
      expect(address.toString()).toBe(ipaddr.IPv4.networkAddressFromCIDR(`${address}/${prefix}`).toString());
      for (const [other, bits] of ranges.slice(index + 1)) {
        const shorter = Math.min(prefix, bits);
        expect([address.match(other, shorter), other.match(address, shorter)]).toEqual([false, false]);
      }
    }
  });

  it("are halves of what is leased to Google's services there", () => {
    expect(subnetRanges(addressPlan("10.20.0.0/16"))).toMatchObject({
      nodes: "10.20.0.0/19",
      database: "10.20.64.0/21",
      pipelineStore: "10.20.72.0/21",
      runners: "10.20.80.0/20",
      apps: "10.20.96.0/20",
      instances: "10.20.112.0/22",
      containers: "10.20.116.0/22",
    });
  });

  it("are large enough in the smallest environment for what stands in them", () => {
    const prefixes = Object.entries(subnetRanges(addressPlan("10.8.16.0/20"))).map(([role, range]) => [
      role,
      Number(range.split("/")[1]),
    ]);
    // Container Apps and the databases take no smaller one than /27 and /28, the API server none smaller than /28.
    expect(Math.max(...prefixes.map(([, prefix]) => Number(prefix)))).toBe(28);
    expect(Object.fromEntries(prefixes)).toMatchObject({ apps: 24, database: 25, controlPlane: 28, endpoints: 26 });
  });
});
