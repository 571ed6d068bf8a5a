/** The registry of images on Azure. */
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

describe("the registry", () => {
  const build = (settings: AzureSettings = PRODUCTION) => {
    let prefix = "";
    const stacks = onAzure(({ platform, layer }) => {
      layer("foundation");
      const images = platform.imageRegistry(layer("data"), "Images");
      const identity = platform.workloadIdentity(layer("serving"), "Pipelines", { workload: "pipelines" });
      images.grants.pull(identity);
      for (const to of [identity, identity]) images.grants.push(to);
      prefix = images.prefix;
    }, settings);
    return { data: stacks.data, serving: stacks.serving, prefix };
  };
  const registryOf = (settings?: AzureSettings) => only(build(settings).data, "azurerm_container_registry");

  it("has no users and no passwords, answers nobody unknown, and is reached in the network only", () => {
    expect(registryOf()).toMatchObject({
      sku: "Premium",
      admin_enabled: false,
      anonymous_pull_enabled: false,
      public_network_access_enabled: false,
      network_rule_set: [{ default_action: "Deny" }],
      network_rule_bypass_option: "AzureServices",
      data_endpoint_enabled: true,
      export_policy_enabled: false,
    });
  });

  it("is encrypted by the environment's key, of which the newest version is taken", () => {
    expect(registryOf()).toMatchObject({
      identity: { type: "UserAssigned", identity_ids: [expect.stringMatching(/\/acme-test-encryption$/)] },
      encryption: [{ key_vault_key_id: expect.stringMatching(/\.vault\.azure\.net\/keys\/registry$/) }],
    });
    expect(registryOf(DEVELOPMENT)).not.toHaveProperty("encryption");
  });

  it("stands in all zones wherever there are some, and removes images without a tag after a month", () => {
    expect(registryOf(DEVELOPMENT)).toMatchObject({ zone_redundancy_enabled: true, retention_policy_in_days: 30 });
    expect(registryOf({ ...DEVELOPMENT, zones: [] })).toMatchObject({ zone_redundancy_enabled: false });
  });

  it("is not deleted in production", () => {
    const { data } = build();
    expect(only(data, "azurerm_container_registry")).toMatchObject({ lifecycle: { prevent_destroy: true } });
    expect(resources(data, "azurerm_management_lock")).toHaveLength(1);
    expect(registryOf(DEVELOPMENT)).not.toHaveProperty("lifecycle");
  });

  it("has one private endpoint, and its logins and pushes logged", () => {
    const { data } = build();
    expect(only(data, "azurerm_private_endpoint")).toMatchObject({
      private_service_connection: { subresource_names: ["registry"] },
      private_dns_zone_group: { private_dns_zone_ids: [expect.stringMatching(/\/privatelink\.azurecr\.io$/)] },
    });
    expect(only(data, "azurerm_monitor_diagnostic_setting")).toMatchObject({
      enabled_log: [{ category_group: "allLogs" }],
    });
  });

  it("fetches what lies outside by itself, each outside registry under a path of its own, and logs in nowhere", () => {
    const rules = resources(build().data, "azurerm_container_registry_cache_rule");
    expect(rules.map(({ source_repo, target_repo }) => [source_repo, target_repo])).toEqual([
      ["public.ecr.aws/*", "mirror-ecr/*"],
      ["gcr.io/*", "mirror-gcr/*"],
      ["ghcr.io/*", "mirror-ghcr/*"],
      ["registry.k8s.io/*", "mirror-k8s/*"],
      ["mcr.microsoft.com/*", "mirror-mcr/*"],
      ["quay.io/*", "mirror-quay/*"],
    ]);
    for (const rule of rules) expect(rule).not.toHaveProperty("credential_set_id");
  });

  it("lets whom it is granted to pull and push, once, by roles on it alone", () => {
    const { serving, prefix } = build();
    const name = /^([a-z0-9]{5,50})\.azurecr\.io$/.exec(prefix)?.[1];
    const grants = resources(serving, "azurerm_role_assignment");
    expect(grants.map((grant) => grant.role_definition_name).sort()).toEqual(["AcrPull", "AcrPush"]);
    for (const { scope } of grants) {
      expect(scope).toMatch(new RegExp(`/providers/Microsoft.ContainerRegistry/registries/${name}$`));
    }
  });
});
