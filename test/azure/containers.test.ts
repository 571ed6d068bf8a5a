/** Where container apps run, and how each is made. */
import { AzureContainerApp, type ContainerAppProps } from "../../lib/azure/container-app";
import { AzureEstate } from "../../lib/azure/estate";
import { AzureNames } from "../../lib/azure/parts/names";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const NAMES = new AzureNames(PRODUCTION);
const environment = (settings: AzureSettings = PRODUCTION) =>
  onAzure(({ layer }) => void layer("compute"), settings).compute;
const IDENTITY = { resourceId: NAMES.identity("trigger"), clientId: "00000000-0000-4000-8000-0000000000c1" };

describe("the environment of container apps", () => {
  test("stands inside the network and has no public address", () => {
    expect(only(environment(), "azurerm_container_app_environment")).toMatchObject({
      infrastructure_subnet_id: NAMES.subnet("apps"),
      internal_load_balancer_enabled: true,
      public_network_access: "Disabled",
    });
  });

  test("costs nothing by itself: its one profile is billed by the second", () => {
    expect(only(environment(), "azurerm_container_app_environment")).toMatchObject({
      workload_profile: [{ name: "Consumption", workload_profile_type: "Consumption" }],
    });
  });

  test("spreads over zones in production, where the region has them", () => {
    const spread = (settings: AzureSettings) =>
      only(environment(settings), "azurerm_container_app_environment").zone_redundancy_enabled;
    expect(spread(PRODUCTION)).toBe(true);
    expect(spread({ ...PRODUCTION, zones: [] })).toBe(false);
    expect(spread(DEVELOPMENT)).toBe(false);
  });

  test("sends its logs to the workspace without the workspace's key", () => {
    const it = only(environment(), "azurerm_container_app_environment");
    expect(it).toMatchObject({ logs_destination: "azure-monitor" });
    expect(it).not.toHaveProperty("log_analytics_workspace_id");
    expect(only(environment(), "azurerm_monitor_diagnostic_setting")).toMatchObject({
      log_analytics_workspace_id: NAMES.logs,
      enabled_log: [{ category_group: "allLogs" }],
    });
  });

  test("the network resolves the names of its apps to its address", () => {
    const stack = environment();
    expect(only(stack, "azurerm_private_dns_zone")).toMatchObject({ name: expect.stringContaining("default_domain") });
    expect(only(stack, "azurerm_private_dns_zone_virtual_network_link")).toMatchObject({
      virtual_network_id: NAMES.network,
    });
    const records = resources(stack, "azurerm_private_dns_a_record");
    expect(records.map(({ name }) => name).sort()).toEqual(["*", "@"]);
    for (const { records: addresses } of records)
      expect(addresses).toEqual([expect.stringContaining("static_ip_address")]);
  });
});

describe("a container app", () => {
  const app = (changes: Partial<ContainerAppProps> = {}) => {
    const estate = new AzureEstate(PRODUCTION);
    const { delivery } = onAzure(({ layer }) => {
      new AzureContainerApp(
        layer("delivery"),
        "Trigger",
        {
          role: "trigger",
          identity: IDENTITY,
          containers: [
            {
              name: "trigger",
              image: NAMES.image("trigger") ?? "",
              cpu: 0.25,
              memoryGiB: 0.5,
              startupPath: "/healthz",
            },
          ],
          ingress: "internal",
          instances: { min: 1, max: 1 },
          uriKey: "triggerHost",
          ...changes,
        },
        estate,
      );
    });
    return only(delivery, "azurerm_container_app");
  };

  test("runs as its identity and pulls as the same, without a password", () => {
    expect(app()).toMatchObject({
      identity: { type: "UserAssigned", identity_ids: [IDENTITY.resourceId] },
      registry: [{ server: NAMES.imagePrefix, identity: IDENTITY.resourceId }],
    });
    expect(JSON.stringify(app())).not.toContain("password");
    expect(app()).not.toHaveProperty("secret");
  });

  test("runs an image by its digest, and tells its programs which identity they are", () => {
    expect(app()).toMatchObject({
      template: {
        container: [
          {
            image: expect.stringMatching(/@sha256:[0-9a-f]{64}$/),
            cpu: 0.25,
            memory: "0.5Gi",
            env: [{ name: "AZURE_CLIENT_ID", value: IDENTITY.clientId }],
          },
        ],
      },
    });
  });

  test("is reached by HTTPS from the network, which is who reaches its environment", () => {
    expect(app()).toMatchObject({
      ingress: { external_enabled: true, allow_insecure_connections: false, target_port: 8080 },
    });
  });

  test("is asked whether it has started, by its port where it has no page for that", () => {
    expect(app()).toMatchObject({
      template: { container: [{ startup_probe: [{ transport: "HTTP", path: "/healthz", port: 8080 }] }] },
    });
    const silent = { name: "trigger", image: NAMES.image("trigger") ?? "", cpu: 0.25, memoryGiB: 0.5, port: 9000 };
    const { template } = app({ containers: [silent] }) as { template: { container: Record<string, unknown>[] } };
    expect(template.container[0]).toMatchObject({ startup_probe: [{ transport: "TCP", port: 9000 }] });
    expect(template.container[0]).not.toHaveProperty("liveness_probe");
  });

  test("has one revision, unless a release owns it", () => {
    expect(app()).toMatchObject({ revision_mode: "Single" });
    expect(app()).not.toHaveProperty("lifecycle");
    expect(app({ releaseOwned: true })).toMatchObject({
      revision_mode: "Multiple",
      lifecycle: { ignore_changes: expect.arrayContaining(["template[0].container[0].image"]) },
    });
  });

  test("takes events from Dapr where asked", () => {
    expect(app()).not.toHaveProperty("dapr");
    expect(app({ dapr: { appId: "trigger", port: 8080 } })).toMatchObject({
      dapr: { app_id: "trigger", app_port: 8080, app_protocol: "http" },
    });
  });
});
