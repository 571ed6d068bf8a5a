/** The private network on Google Cloud: what it is made of, what may pass, and what is left to an existing one. */
import { addressPlan } from "../../lib/core/address-plan";
import { GcpEstate } from "../../lib/gcp/estate";
import { GcpNetwork } from "../../lib/gcp/network";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const { addresses } = PRODUCTION;

/** The network as the stack makes it. */
const network = (settings: GcpSettings = PRODUCTION, internet?: boolean) =>
  onGcp(
    ({ layer }) =>
      void new GcpNetwork(layer("network"), "Network", { cidr: "10.20.0.0/16", internet }, new GcpEstate(settings)),
    settings,
  ).network;

const byName = (type: string, name: string, settings?: GcpSettings, internet?: boolean) => {
  const found = resources(network(settings, internet), type).find((resource) => resource.name === name);
  if (!found) throw new Error(`there is no ${name}`);
  return found;
};

/** Reads a firewall rule by its role. */
const rule = (role: string) => byName("google_compute_firewall", `acme-test-${role}`);

describe("a network of the environment's own", () => {
  it("has no subnets of Google's choice and no route of its own", () => {
    expect(only(network(), "google_compute_network")).toMatchObject({
      name: "acme-test-ml",
      auto_create_subnetworks: false,
      delete_default_routes_on_create: true,
    });
  });

  it("has the names that other layers compute", () => {
    onGcp(({ platform, layer }) => {
      const { reference, subnets } = platform.network(layer("network"), "Network", { cidr: "10.20.0.0/16" });
      expect(reference).toBe("projects/acme-ml-test/global/networks/acme-test-ml");
      expect(subnets).toEqual({
        nodes: "projects/acme-ml-test/regions/asia-northeast3/subnetworks/acme-test-nodes",
        services: "projects/acme-ml-test/regions/asia-northeast3/subnetworks/acme-test-serverless",
        endpoints: "projects/acme-ml-test/regions/asia-northeast3/subnetworks/acme-test-endpoints",
      });
    });
  });

  it("gives nodes the ranges of pods and services by name", () => {
    expect(byName("google_compute_subnetwork", "acme-test-nodes")).toMatchObject({
      ip_cidr_range: addresses.nodes,
      secondary_ip_range: [
        { range_name: "pods", ip_cidr_range: addresses.pods },
        { range_name: "services", ip_cidr_range: addresses.services },
      ],
    });
  });

  it("takes its ranges from the settings, also those placed by hand", () => {
    const settings = { ...PRODUCTION, addresses: addressPlan("10.40.0.0/16", { pods: "100.64.0.0/14" }) };
    expect(JSON.stringify(byName("google_compute_subnetwork", "acme-test-nodes", settings))).toContain("100.64.0.0/14");
  });

  it.each(["nodes", "serverless", "endpoints"])(
    "reaches Google privately from the subnet %s and logs its flows",
    (role) => {
      expect(byName("google_compute_subnetwork", `acme-test-${role}`)).toMatchObject({
        private_ip_google_access: true,
        log_config: { aggregation_interval: "INTERVAL_5_MIN", flow_sampling: 0.5, metadata: "INCLUDE_ALL_METADATA" },
      });
    },
  );

  it("logs fewer flows in development", () => {
    expect(byName("google_compute_subnetwork", "acme-test-nodes", DEVELOPMENT)).toMatchObject({
      log_config: { flow_sampling: 0.1 },
    });
  });

  it("has a subnet for Google's load balancers", () => {
    expect(byName("google_compute_subnetwork", "acme-test-proxies")).toMatchObject({
      purpose: "REGIONAL_MANAGED_PROXY",
      role: "ACTIVE",
      ip_cidr_range: addresses.proxies,
    });
  });

  it("goes out by NAT from nodes and serverless containers only, and logs what fails", () => {
    const nat = only(network(), "google_compute_router_nat");
    expect(nat).toMatchObject({
      source_subnetwork_ip_ranges_to_nat: "LIST_OF_SUBNETWORKS",
      enable_dynamic_port_allocation: true,
      enable_endpoint_independent_mapping: false,
      log_config: { enable: true, filter: "ERRORS_ONLY" },
    });
    const { subnetwork } = nat as { subnetwork: readonly { name: string }[] };
    expect(subnetwork.map(({ name }) => name)).toEqual([
      expect.stringContaining("Subnet-nodes"),
      expect.stringContaining("Subnet-serverless"),
    ]);
  });
});

describe("a network without internet", () => {
  it("has no route out, no NAT and no rule for it, and still reaches Google", () => {
    const stack = network(PRODUCTION, false);
    expect(resources(stack, "google_compute_router_nat")).toEqual([]);
    expect(resources(stack, "google_compute_router")).toEqual([]);
    expect(resources(stack, "google_compute_route").map(({ dest_range }) => dest_range)).toEqual([
      "34.126.0.0/18",
      "199.36.153.8/30",
    ]);
    expect(resources(stack, "google_compute_firewall").map(({ name }) => name)).not.toContain("acme-test-internet-out");
  });
});

describe("the firewall", () => {
  it.each([
    ["in", "INGRESS", "source_ranges"],
    ["out", "EGRESS", "destination_ranges"],
  ])("denies and logs everything else going %s", (way, direction, ranges) => {
    expect(rule(`deny-${way}`)).toMatchObject({
      direction,
      priority: 65_000,
      [ranges]: ["0.0.0.0/0"],
      deny: [{ protocol: "all" }],
      log_config: { metadata: "INCLUDE_ALL_METADATA" },
    });
  });

  it("lets nothing in from outside but Google's health checks, and those only to where models are served", () => {
    const rules = resources(network(), "google_compute_firewall");
    const sources = rules
      .filter(({ direction, allow }) => direction === "INGRESS" && allow)
      .flatMap(({ source_ranges }) => source_ranges as string[]);
    const outside = sources.filter((range) => !Object.values(addresses).includes(range));
    expect(outside).toEqual(["35.191.0.0/16", "130.211.0.0/22"]);
    expect(rule("health-checks-in")).toMatchObject({
      allow: [{ protocol: "tcp", ports: ["80", "443", "8080", "8443"] }],
    });
  });

  it("lets nothing but HTTPS out to the internet", () => {
    const open = resources(network(), "google_compute_firewall").filter(
      ({ direction, allow, destination_ranges }) =>
        direction === "EGRESS" && allow && (destination_ranges as string[]).includes("0.0.0.0/0"),
    );
    expect(open).toEqual([expect.objectContaining({ allow: [{ protocol: "tcp", ports: ["443"] }] })]);
  });

  it("lets workloads reach the database and Google's services by their private addresses", () => {
    expect(rule("managed-out")).toMatchObject({
      destination_ranges: [addresses.managed],
      allow: [{ protocol: "tcp", ports: ["443", "3306", "3307", "5432"] }],
    });
    expect(rule("google-out")).toMatchObject({
      destination_ranges: ["199.36.153.8/30", "34.126.0.0/18"],
      allow: [{ protocol: "tcp", ports: ["443"] }],
    });
  });

  it("lets only load balancers and the control plane in to nodes and pods, each to its ports", () => {
    expect(rule("proxies-in")).toMatchObject({ source_ranges: [addresses.proxies] });
    expect(rule("control-plane-in")).toMatchObject({
      source_ranges: [addresses.controlPlane, addresses.endpoints],
      destination_ranges: [addresses.nodes, addresses.pods],
    });
  });

  it("says the reason with each rule", () => {
    for (const { description } of resources(network(), "google_compute_firewall")) {
      expect(String(description)).toMatch(/^[A-Z].{10,}\.$/);
    }
  });
});

describe("private access", () => {
  it("answers Google's names by private addresses, with everything below them", () => {
    const records = resources(network(), "google_dns_record_set");
    for (const [name, rrdatas] of [
      ["private.googleapis.com.", ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"]],
      ["*.googleapis.com.", ["private.googleapis.com."]],
      ["*.pkg.dev.", ["pkg.dev."]],
      ["*.run.app.", ["run.app."]],
    ] as const) {
      expect(records).toContainEqual(expect.objectContaining({ name, rrdatas }));
    }
    for (const zone of resources(network(), "google_dns_managed_zone")) {
      expect(zone).toMatchObject({ visibility: "private", force_destroy: false, labels: { environment: "test" } });
    }
  });

  it("answers Workbench's names only where there are notebooks", () => {
    const without = { ...PRODUCTION, features: { ...PRODUCTION.features, notebooks: false } };
    const zones = (settings: GcpSettings) =>
      resources(network(settings), "google_dns_managed_zone").map(({ dns_name }) => dns_name);
    expect(zones(PRODUCTION)).toContain("notebooks.googleusercontent.com.");
    expect(zones(without)).toHaveLength(zones(PRODUCTION).length - 2);
  });

  it("leases the planned range to managed services, and forgets the connection instead of waiting for Google", () => {
    const [address, prefix] = addresses.managed.split("/");
    expect(only(network(), "google_compute_global_address")).toMatchObject({
      purpose: "VPC_PEERING",
      address,
      prefix_length: Number(prefix),
    });
    expect(only(network(), "google_service_networking_connection")).toMatchObject({
      deletion_policy: "ABANDON",
      update_on_creation_fail: true,
    });
  });
});

describe("an existing network", () => {
  const existing = { network: "projects/acme-host/global/networks/shared" };

  it("gets the environment's subnets, in its own project, and nothing else", () => {
    const stack = network({ ...PRODUCTION, existing });
    expect(Object.keys(stack?.resource ?? {})).toEqual(["google_compute_subnetwork"]);
    for (const subnet of resources(stack, "google_compute_subnetwork")) {
      expect(subnet).toMatchObject({ project: "acme-host", network: existing.network });
    }
  });

  it("with subnets of its own is only referred to", () => {
    const nodes = "projects/acme-host/regions/asia-northeast3/subnetworks/ml";
    const settings = { ...PRODUCTION, existing: { ...existing, subnets: { nodes } } };
    expect(network(settings)?.resource).toEqual({});
    onGcp(({ platform, layer }) => {
      const made = platform.network(layer("network"), "Network", { cidr: "10.20.0.0/16" });
      expect(made.reference).toBe(existing.network);
      expect(made.subnets).toEqual({ nodes, services: nodes, endpoints: nodes });
    }, settings);
  });
});
