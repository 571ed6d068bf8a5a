/** The private network on Azure: what it is made of, what may pass, and what is left to an existing one. */
import { AzureEstate } from "../../lib/azure/estate";
import { AzureNetwork } from "../../lib/azure/network";
import { SUBNETS } from "../../lib/azure/parts/names";
import { PRIVATE_ZONES } from "../../lib/azure/parts/private-zones";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { subnetRanges } from "../../lib/azure/parts/subnets";
import { UserError } from "../../lib/core/errors";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const GROUP = `/subscriptions/${PRODUCTION.subscription}/resourceGroups/hub`;
const SHARED = `${GROUP}/providers/Microsoft.Network/virtualNetworks/shared`;
const RANGES = subnetRanges(PRODUCTION.addresses);

/** The network as the stack makes it. */
const network = (settings: AzureSettings = PRODUCTION, internet?: boolean) =>
  onAzure(
    ({ layer }) =>
      void new AzureNetwork(layer("network"), "Network", { cidr: "10.20.0.0/16", internet }, new AzureEstate(settings)),
    settings,
  ).network;

/** A rule of a subnet's group. */
type Rule = Readonly<Record<string, unknown>>;

const rulesOf = (word: string, settings?: AzureSettings, internet?: boolean): readonly Rule[] => {
  const groups = resources(network(settings, internet), "azurerm_network_security_group");
  const group = groups.find(({ name }) => name === `acme-test-${word}`);
  if (!group) throw new Error(`there is no group ${word}`);
  return group.security_rule as readonly Rule[];
};

/** What may pass one way, by rule: from whom or to whom, and at which ports. */
const allowed = (
  word: string,
  direction: "Inbound" | "Outbound",
  settings?: AzureSettings,
  internet?: boolean,
): Readonly<Record<string, { readonly peers: unknown; readonly ports: unknown }>> =>
  Object.fromEntries(
    rulesOf(word, settings, internet)
      .filter((rule) => rule.direction === direction && rule.access === "Allow")
      .map((rule) => {
        const end = direction === "Inbound" ? "source" : "destination";
        const peers = rule[`${end}_address_prefixes`] ?? [rule[`${end}_address_prefix`]];
        return [rule.name, { peers, ports: rule.destination_port_ranges ?? "all" }];
      }),
  );

const everyRule = () =>
  resources(network(), "azurerm_network_security_group").flatMap(({ security_rule }) => security_rule as Rule[]);

describe("a network of the environment's own", () => {
  it("has the ranges of its subnets and no more", () => {
    expect(only(network(), "azurerm_virtual_network")).toMatchObject({
      name: "acme-test-ml",
      address_space: SUBNETS.map((role) => RANGES[role]),
    });
  });

  it("has the names that other layers compute", () => {
    const estate = new AzureEstate(PRODUCTION);
    onAzure(({ platform, layer }) => {
      const made = platform.network(layer("network"), "Network", { cidr: "10.20.0.0/16" });
      expect(made.reference).toBe(estate.network);
      expect(made.subnets).toEqual({
        nodes: estate.subnet("nodes"),
        services: estate.subnet("apps"),
        endpoints: estate.subnet("endpoints"),
      });
    });
    const names = resources(network(), "azurerm_subnet").map(({ name }) => name);
    expect(names.sort()).toEqual(SUBNETS.map((role) => estate.subnetName(role)).sort());
  });

  it("gives no subnet a way out by itself, and holds private endpoints to the rules of their subnet", () => {
    for (const subnet of resources(network(), "azurerm_subnet")) {
      expect(subnet).toMatchObject({
        default_outbound_access_enabled: false,
        private_endpoint_network_policies: "NetworkSecurityGroupEnabled",
      });
    }
  });

  it("has a group of rules at each subnet", () => {
    const stack = network();
    expect(resources(stack, "azurerm_network_security_group")).toHaveLength(SUBNETS.length);
    const guarded = resources(stack, "azurerm_subnet_network_security_group_association");
    expect(new Set(guarded.map(({ subnet_id }) => subnet_id)).size).toBe(SUBNETS.length);
  });

  it("leaves subnets to the services that want one of their own", () => {
    const delegations = resources(network(), "azurerm_subnet").flatMap(({ name, delegation }) =>
      delegation ? [[name, JSON.stringify(delegation).match(/"name":"(Microsoft[^"]+)"/)?.[1]]] : [],
    );
    expect(Object.fromEntries(delegations)).toEqual({
      apps: "Microsoft.App/environments",
      containers: "Microsoft.ContainerInstance/containerGroups",
      "control-plane": "Microsoft.ContainerService/managedClusters",
      database: "Microsoft.DBforPostgreSQL/flexibleServers",
      "pipeline-store": "Microsoft.DBforMySQL/flexibleServers",
      runners: "Microsoft.DevOpsInfrastructure/pools",
    });
  });

  it("goes out by NAT from what runs code or builds it, and from nothing else", () => {
    const out = Object.keys(network()?.resource.azurerm_subnet_nat_gateway_association ?? {});
    expect(out.map((id) => id.split("_")[1]).sort()).toEqual(["apps", "containers", "instances", "nodes", "runners"]);
    expect(only(network(), "azurerm_nat_gateway")).toMatchObject({ sku_name: "Standard", zones: ["1"] });
    expect(only(network(), "azurerm_public_ip")).toMatchObject({ sku: "Standard", zones: ["1", "2", "3"] });
  });

  it("names no zone in a region without", () => {
    const stack = network({ ...PRODUCTION, zones: [] });
    expect(only(stack, "azurerm_nat_gateway").zones).toBeUndefined();
    expect(only(stack, "azurerm_public_ip").zones).toBeUndefined();
  });
});

describe("what may pass", () => {
  it("is denied at the end of each list, in both directions", () => {
    for (const role of SUBNETS) {
      const word = role.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      const denied = rulesOf(word).filter(({ access }) => access === "Deny");
      expect(denied.map(({ direction, priority }) => [direction, priority])).toEqual([
        ["Inbound", 4096],
        ["Outbound", 4096],
      ]);
      for (const rule of denied) {
        expect(rule).toMatchObject({
          protocol: "*",
          source_address_prefix: "*",
          destination_address_prefix: "*",
          destination_port_range: "*",
        });
      }
    }
  });

  it("has a number and a name of its own in each list, and a reason that Azure takes", () => {
    for (const group of resources(network(), "azurerm_network_security_group")) {
      const rules = group.security_rule as Rule[];
      expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
      expect(new Set(rules.map(({ direction, priority }) => `${direction} ${priority}`)).size).toBe(rules.length);
    }
    for (const { description } of everyRule()) expect(String(description)).toMatch(/^[A-Z].{3,138}\.$/);
  });

  it("never comes from the internet", () => {
    const incoming = everyRule().filter(({ direction, access }) => direction === "Inbound" && access === "Allow");
    const from = incoming.flatMap((rule) => rule.source_address_prefixes ?? [rule.source_address_prefix]).map(String);
    const ranges: readonly string[] = [...Object.values(RANGES), PRODUCTION.addresses.pods];
    expect([...new Set(from.filter((peer) => !ranges.includes(peer)))].sort()).toEqual([
      "AzureLoadBalancer",
      "VirtualNetwork",
    ]);
  });

  it("goes to the internet by HTTPS, from what runs code or builds it", () => {
    const out = everyRule().filter(({ destination_address_prefix }) => destination_address_prefix === "Internet");
    expect(out).toHaveLength(5);
    for (const rule of out) expect(rule).toMatchObject({ protocol: "Tcp", destination_port_ranges: ["443"] });
  });

  it("is to the endpoints what the network calls Azure's services by, and from them nothing", () => {
    expect(allowed("endpoints", "Inbound")).toEqual({
      "callers-in": { peers: ["VirtualNetwork"], ports: ["443", "5671", "5672"] },
    });
    expect(allowed("endpoints", "Outbound")).toEqual({});
  });

  it("is to the database its clients' and its own", () => {
    expect(allowed("database", "Inbound")).toEqual({
      "clients-in": {
        peers: [RANGES.nodes, RANGES.apps, RANGES.containers, RANGES.instances],
        ports: ["5432", "6432"],
      },
      "own-in": { peers: [RANGES.database], ports: "all" },
    });
  });

  it("is between nodes, pods and the control plane everything, as the cluster's network needs", () => {
    const peers = [RANGES.nodes, PRODUCTION.addresses.pods, RANGES.controlPlane];
    expect(allowed("nodes", "Inbound")["cluster-in"]).toEqual({ peers, ports: "all" });
    expect(allowed("nodes", "Outbound")["cluster-out"]).toEqual({ peers, ports: "all" });
    expect(allowed("control-plane", "Inbound")).toMatchObject({
      "clients-in": { ports: ["443", "4443"] },
      "probes-in": { peers: ["AzureLoadBalancer"], ports: ["9988"] },
    });
  });

  it("is to Container Apps what their proxies need", () => {
    expect(allowed("apps", "Inbound")).toMatchObject({
      "callers-in": { peers: ["VirtualNetwork"], ports: ["80", "443", "31080", "31443"] },
      "probes-in": { peers: ["AzureLoadBalancer"], ports: ["30000-32767"] },
      "own-in": { peers: [RANGES.apps], ports: "all" },
    });
  });

  it("to machines that build is nothing", () => {
    expect(allowed("runners", "Inbound")).toEqual({});
  });
});

describe("the queue of retrain events", () => {
  it("is read by AMQP from Container Apps, in production by its private endpoint, else by Azure's addresses", () => {
    const ports = ["443", "5671", "5672"];
    const queue = (settings: AzureSettings, internet: boolean) =>
      allowed("apps", "Outbound", settings, internet)["queue-out"];
    expect(queue(DEVELOPMENT, true)).toEqual({ peers: ["ServiceBus"], ports });
    expect(queue(DEVELOPMENT, false)).toEqual({ peers: ["ServiceBus"], ports });
    expect(queue(PRODUCTION, true)).toBeUndefined();
    expect(allowed("apps", "Outbound")["endpoints-out"]).toMatchObject({ ports });
    expect(allowed("nodes", "Outbound", DEVELOPMENT)["queue-out"]).toBeUndefined();
  });
});

describe("a network without internet", () => {
  it("lets nothing out but to Azure's own services, which have no private address", () => {
    const out = Object.values(allowed("nodes", "Outbound", PRODUCTION, false)).flatMap(({ peers }) => peers);
    expect(out).not.toContain("Internet");
    expect(out).toEqual(expect.arrayContaining(["AzureActiveDirectory", "MicrosoftContainerRegistry"]));
    expect(resources(network(PRODUCTION, false), "azurerm_nat_gateway")).toHaveLength(1);
  });
});

describe("private access", () => {
  it("answers the names of Azure's services by private addresses, and registers nothing there", () => {
    const stack = network();
    const zones = resources(stack, "azurerm_private_dns_zone").map(({ name }) => name);
    expect(zones.sort()).toEqual(Object.values(PRIVATE_ZONES).sort());
    const links = resources(stack, "azurerm_private_dns_zone_virtual_network_link");
    expect(links).toHaveLength(zones.length);
    for (const link of links) expect(link).toMatchObject({ registration_enabled: false });
  });

  it("hides nothing of Azure Monitor where its private link is not made", () => {
    const zones = resources(network(DEVELOPMENT), "azurerm_private_dns_zone").map(({ name }) => String(name));
    expect(zones.filter((name) => /monitor|opinsights|automation/.test(name))).toEqual([]);
  });

  it("reaches the vault, after its zone and its subnet are there", () => {
    const estate = new AzureEstate(PRODUCTION);
    const endpoint = only(network(), "azurerm_private_endpoint");
    expect(endpoint).toMatchObject({
      subnet_id: estate.subnet("endpoints"),
      private_service_connection: {
        private_connection_resource_id: estate.vaultId,
        subresource_names: ["vault"],
        is_manual_connection: false,
      },
      private_dns_zone_group: { private_dns_zone_ids: [estate.privateZone("vault")] },
    });
    expect(endpoint.depends_on).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^azurerm_private_dns_zone_virtual_network_link\..*Link-vault/),
        expect.stringMatching(/^azurerm_subnet\..*endpoints/),
        expect.stringMatching(/^azurerm_subnet_network_security_group_association\..*endpoints/),
      ]),
    );
  });
});

describe("an existing network", () => {
  const settings = { ...PRODUCTION, existing: { network: SHARED } };

  it("gets the environment's subnets in its own group, with their rules, and no way out", () => {
    const stack = network(settings);
    for (const type of ["azurerm_virtual_network", "azurerm_nat_gateway", "azurerm_public_ip"]) {
      expect(resources(stack, type)).toEqual([]);
    }
    const subnets = resources(stack, "azurerm_subnet");
    expect(subnets).toHaveLength(SUBNETS.length);
    for (const subnet of subnets) {
      expect(subnet).toMatchObject({ resource_group_name: "hub", virtual_network_name: "shared" });
      expect(subnet.name).toMatch(/^acme-test-/);
    }
    expect(resources(stack, "azurerm_subnet_network_security_group_association")).toHaveLength(SUBNETS.length);
  });

  it("with zones of its own keeps them, and the vault's endpoint is still made", () => {
    const stack = network({ ...settings, existing: { network: SHARED, privateDnsZones: GROUP } });
    expect(resources(stack, "azurerm_private_dns_zone")).toEqual([]);
    expect(only(stack, "azurerm_private_endpoint")).toMatchObject({
      private_dns_zone_group: {
        private_dns_zone_ids: [`${GROUP}/providers/Microsoft.Network/privateDnsZones/${PRIVATE_ZONES.vault}`],
      },
    });
  });

  it("with zones and a vault of its own has an endpoint of the vault already", () => {
    const vault = `${GROUP}/providers/Microsoft.KeyVault/vaults/shared`;
    const stack = network({ ...settings, existing: { network: SHARED, privateDnsZones: GROUP, vault } });
    expect(resources(stack, "azurerm_private_endpoint")).toEqual([]);
  });

  it("of another subscription is refused", () => {
    const other = SHARED.replace(PRODUCTION.subscription, "1b2c3d4e-0000-4000-8000-0000000000ff");
    expect(() => network({ ...PRODUCTION, existing: { network: other } })).toThrow(UserError);
    expect(() => network({ ...PRODUCTION, existing: { network: "shared" } })).toThrow(/wanted is a virtual network/);
  });
});
