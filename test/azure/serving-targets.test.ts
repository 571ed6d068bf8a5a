/** Production on each of Azure's targets. */
import { createHash } from "node:crypto";
import ipaddr from "ipaddr.js";
import { gatewayAddress, machineAddress } from "../../lib/azure/parts/serving-address";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { subnetRanges } from "../../lib/azure/parts/subnets";
import { addressPlan } from "../../lib/core/address-plan";
import { NAMES, production, wish } from "./serving-support";
import { DEVELOPMENT, only, PRODUCTION, resources } from "./support";

describe("production on Azure ML", () => {
  const endpoint = (given: ReturnType<typeof production>) =>
    resources(given.stack, "azapi_resource").find(({ type }) => String(type).includes("onlineEndpoints"));

  test("takes tokens of Entra, is closed to the internet, and runs as the workload's identity", () => {
    const made = production(wish("managed"));
    expect(endpoint(made)).toMatchObject({
      parent_id: NAMES.workspaceId,
      identity: [{ type: "UserAssigned", identity_ids: [NAMES.identity("serving")] }],
      body: { kind: "Managed", properties: { authMode: "AADToken", publicNetworkAccess: "Disabled" } },
    });
    expect(made.uri).toBe(`https://${NAMES.name("mlEndpoint", "serving")}.koreacentral.inference.ml.azure.com`);
  });

  test("leaves traffic, mirrored or not, and deployments to the release", () => {
    const made = production(wish("managed"));
    expect(endpoint(made)).toMatchObject({
      ignore_body_changes: ["properties.traffic", "properties.mirrorTraffic"],
    });
    expect(JSON.stringify(made.stack)).not.toContain("onlineEndpoints/deployments");
    expect(JSON.stringify(endpoint(made)?.body)).not.toContain("raffic");
  });

  test("is reached from the internet when it is public, with the same tokens", () => {
    expect(endpoint(production(wish("managed", { expose: "public" }), DEVELOPMENT))).toMatchObject({
      body: { properties: { authMode: "AADToken", publicNetworkAccess: "Enabled" } },
    });
  });

  test("writes down who called and how it went", () => {
    const logs = resources(production(wish("managed")).stack, "azapi_resource").find(({ name }) => name === "logs");
    expect(logs).toMatchObject({
      body: {
        properties: {
          workspaceId: NAMES.logs,
          logs: expect.arrayContaining([{ category: "AmlOnlineEndpointTrafficLog", enabled: true }]),
        },
      },
    });
  });
});

describe("production on Container Apps", () => {
  const app = (given: ReturnType<typeof production>) => only(given.stack, "azurerm_container_app");

  test("has the replicas that are asked for, of at least the class's size, in the shares that the service gives", () => {
    expect(app(production(wish("serverless")))).toMatchObject({
      template: { min_replicas: 2, max_replicas: 6, container: [{ cpu: 4, memory: "8Gi" }] },
    });
  });

  test("shares its traffic between revisions, as the release says", () => {
    expect(app(production(wish("serverless")))).toMatchObject({
      revision_mode: "Multiple",
      ingress: { traffic_weight: [{ latest_revision: true, percentage: 100 }] },
      lifecycle: { ignore_changes: expect.arrayContaining(["ingress[0].traffic_weight"]) },
    });
  });
});

describe("production on one machine", () => {
  const machine = (settings: AzureSettings = PRODUCTION) =>
    only(production(wish("instance"), settings).stack, "azurerm_linux_virtual_machine");
  const text = (value: unknown) => Buffer.from(String(value), "base64").toString();
  const cloudInit = () => {
    const [head, ...rest] = text(machine().custom_data).split("\n");
    expect(head).toBe("#cloud-config");
    return JSON.parse(rest.join("\n")) as {
      write_files: { path: string; content: string; permissions: string }[];
      runcmd: string[];
    };
  };
  const fileOf = (path: string) => cloudInit().write_files.find((file) => file.path === path)?.content ?? "";

  test("has no public address and takes no logins: no password, a key that nobody has, no extensions, no ssh", () => {
    const { stack } = production(wish("instance"));
    expect(resources(stack, "azurerm_public_ip")).toEqual([]);
    expect(JSON.stringify(only(stack, "azurerm_network_interface"))).not.toContain("public_ip");
    expect(machine()).toMatchObject({ disable_password_authentication: true, allow_extension_operations: false });
    expect(machine()).not.toHaveProperty("admin_password");
    expect(cloudInit().runcmd).toContain("systemctl disable --now ssh.socket ssh.service");
  });

  test("the key that nobody has is the digest of a sentence", () => {
    const [{ public_key = "" } = {}] = machine().admin_ssh_key as { public_key?: string }[];
    const [kind, body = ""] = public_key.split(" ");
    const bytes = Buffer.from(body, "base64");
    expect(kind).toBe("ssh-ed25519");
    expect(bytes.subarray(4, 15).toString()).toBe("ssh-ed25519");
    const sentence = "Nobody logs in to a machine that serves models.";
    expect(bytes.subarray(19)).toEqual(createHash("sha256").update(sentence).digest());
  });

  test("is trusted from its start on, and encrypted, with the environment's key where there is one", () => {
    expect(machine()).toMatchObject({
      secure_boot_enabled: true,
      vtpm_enabled: true,
      encryption_at_host_enabled: true,
      os_disk: { disk_encryption_set_id: expect.stringContaining("azurerm_disk_encryption_set.") },
    });
    const { os_disk } = machine(DEVELOPMENT);
    expect(os_disk).not.toHaveProperty("disk_encryption_set_id");
    expect(machine(DEVELOPMENT)).toMatchObject({ encryption_at_host_enabled: true });
  });

  test("runs what a release writes into its user data, at first the image without a model", () => {
    expect(JSON.parse(text(machine().user_data))).toEqual({ image: NAMES.image("serving"), model: "" });
    expect(machine()).toMatchObject({ lifecycle: { ignore_changes: ["user_data"] } });
    const start = fileOf("/etc/serving/start.sh");
    expect(start).toContain("instance/compute/userData");
    expect(start).toContain('--env SERVING_MODEL="$model" "$image"');
  });

  test("pulls as its identity, whose token stands on no command line", () => {
    const start = fileOf("/etc/serving/start.sh");
    expect(start).toContain(`msi_res_id=${NAMES.identity("serving")}`);
    expect(start).toContain("--data-urlencode access_token@-");
    expect(start).toContain("--password-stdin");
    expect(machine()).toMatchObject({ identity: { identity_ids: [NAMES.identity("serving")] } });
  });

  test("starts the server again when it ends, without rights it does not need", () => {
    expect(fileOf("/etc/systemd/system/serving.service")).toContain("Restart=always");
    expect(fileOf("/etc/serving/start.sh")).toContain("--read-only --tmpfs /tmp --cap-drop ALL");
    expect(fileOf("/etc/serving/serving.env")).toContain('SERVING_SETTINGS={"logging"');
    expect(fileOf("/etc/serving/serving.env")).not.toContain("SERVING_MODEL");
  });

  test("has a fixed address in the network, and its name where one is given", () => {
    const address = machineAddress(PRODUCTION.addresses);
    const made = production(wish("instance"));
    expect(made.uri).toBe(`http://${address}:8080`);
    expect(only(made.stack, "azurerm_network_interface")).toMatchObject({
      ip_configuration: [{ private_ip_address: address, subnet_id: NAMES.subnet("instances") }],
    });
    const named = production(wish("instance", { host: "predict.acme.example" }));
    expect(named.uri).toBe("http://predict.acme.example:8080");
    expect(only(named.stack, "azurerm_private_dns_a_record")).toMatchObject({ name: "@", records: [address] });
  });
});

describe("production on the cluster", () => {
  test("has an address in the network, a name for it that is seen there only, and the servers' settings", () => {
    const { stack, uri } = production(wish("kubernetes"));
    expect(uri).toBe("https://predict.acme.example");
    expect(only(stack, "azurerm_private_dns_zone")).toMatchObject({ name: "predict.acme.example" });
    expect(only(stack, "azurerm_private_dns_zone_virtual_network_link")).toMatchObject({
      virtual_network_id: NAMES.network,
    });
    expect(stack?.output.servingAddress?.value).toBe(gatewayAddress(PRODUCTION.addresses));
    expect(JSON.parse(String(stack?.output.servingSettings?.value))).toHaveProperty("logging.sample", 0.5);
    expect(resources(stack, "azurerm_public_ip")).toEqual([]);
  });

  test("has a public address in all zones, kept in production, and a public name, where it is public", () => {
    const { stack } = production(wish("kubernetes", { expose: "public" }));
    expect(only(stack, "azurerm_public_ip")).toMatchObject({
      sku: "Standard",
      allocation_method: "Static",
      zones: ["1", "2", "3"],
      lifecycle: { prevent_destroy: true },
    });
    expect(only(stack, "azurerm_dns_a_record")).toMatchObject({
      zone_name: expect.stringContaining("azurerm_dns_zone."),
      records: [expect.stringContaining(".ip_address}")],
    });
  });

  test("lets its cluster take a public address, and leaves that to the owner of an existing one", () => {
    const given = wish("kubernetes", { expose: "public" });
    const taking = (settings = PRODUCTION) =>
      resources(production(given, settings).stack, "azurerm_role_assignment").filter(
        ({ role_definition_name: role }) => role === "Network Contributor",
      );
    expect(taking()).toEqual([
      expect.objectContaining({
        scope: expect.stringMatching(/^\$\{azurerm_public_ip\..*\.id\}$/),
        principal_id: expect.any(String),
      }),
    ]);
    const cluster = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/shared";
    expect(taking({ ...PRODUCTION, existing: { cluster, clusterIssuer: "https://issuer.example/" } })).toEqual([]);
  });

  test("its name goes into a zone that somebody has, below or at its top, and nowhere else", () => {
    const zone = "/subscriptions/s/resourceGroups/dns/providers/Microsoft.Network/privateDnsZones/acme.example";
    const made = production(wish("kubernetes"), { ...PRODUCTION, existing: { dnsZone: zone } });
    expect(only(made.stack, "azurerm_private_dns_a_record")).toMatchObject({
      name: "predict",
      zone_name: "acme.example",
      resource_group_name: "dns",
    });
    expect(resources(made.stack, "azurerm_private_dns_zone")).toEqual([]);
    expect(() =>
      production(wish("kubernetes", { host: "predict.other.example" }), { ...PRODUCTION, existing: { dnsZone: zone } }),
    ).toThrow("does not lie in the zone acme.example");
  });
});

test.each(["10.20.0.0/16", "10.0.0.0/20", "172.16.64.0/18"])(
  "the addresses that are decided on lie in their subnet (%s)",
  (cidr) => {
    const plan = addressPlan(cidr);
    const range = ipaddr.IPv4.parseCIDR(subnetRanges(plan).instances);
    const [gateway, machine] = [gatewayAddress(plan), machineAddress(plan)];
    for (const address of [gateway, machine]) expect(ipaddr.IPv4.parse(address).match(range)).toBe(true);
    expect(gateway).not.toBe(machine);
    expect(gateway).not.toBe(ipaddr.IPv4.broadcastAddressFromCIDR(subnetRanges(plan).instances).toString());
  },
);
