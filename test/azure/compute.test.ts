import { AzureNames } from "../../lib/azure/parts/names";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const CLUSTER = "azurerm_kubernetes_cluster";
const POOL = "azurerm_kubernetes_cluster_node_pool";
const ROLE = "azurerm_role_assignment";
const NAMES = new AzureNames(PRODUCTION);
const CPU = { name: "cpu", class: "cpu-medium", min: 2, max: 6 } as const;
const EXISTING =
  "/subscriptions/1b2c3d4e-0000-4000-8000-0000000000d9/resourceGroups/hub/providers/Microsoft.ContainerService/managedClusters/shared";
const NETWORK =
  "/subscriptions/1b2c3d4e-0000-4000-8000-0000000000d9/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/shared";
const ISSUER = "https://koreacentral.oic.prod-aks.azure.com/tenant/cluster/";

type Props = Parameters<Parameters<Parameters<typeof onAzure>[0]>[0]["platform"]["cluster"]>[2];

/** The compute layer with a cluster. */
function compute(props: Partial<Props> = {}, settings: AzureSettings = PRODUCTION) {
  const { compute: stack } = onAzure(
    ({ platform, layer }) => {
      platform.encryptionKey(layer("foundation"), "Key-cluster", { use: "cluster" });
      const cluster = platform.cluster(layer("compute"), "Cluster", { pools: [], ...props });
      layer("compute").addOutput("endpoint", cluster.endpoint, "Looked at below.");
      layer("compute").addOutput("issuer", cluster.issuer ?? "", "Looked at below.");
      platform.workloadIdentity(layer("ml"), "Pod", {
        workload: "pod",
        kubernetes: { namespace: "a", serviceAccount: "b" },
      });
    },
    settings,
    { assume: true },
  );
  return stack;
}

/** Roles of the layer, as `role @ last two words of the scope`. */
function roles(settings?: AzureSettings): readonly string[] {
  return resources(compute({}, settings), ROLE).map(
    ({ role_definition_name: role, scope }) => `${role} @ ${String(scope).split("/").slice(-2).join("/")}`,
  );
}

describe("the cluster", () => {
  test("has no public address: its API server stands in a subnet of its own", () => {
    expect(only(compute(), CLUSTER)).toMatchObject({
      private_cluster_enabled: true,
      private_cluster_public_fqdn_enabled: false,
      private_dns_zone_id: "System",
      api_server_access_profile: {
        virtual_network_integration_enabled: true,
        subnet_id: NAMES.subnet("controlPlane"),
      },
    });
    expect(compute()?.output.endpoint?.value).toMatch(/^\$\{.*private_fqdn\}|^https:\/\/\$\{.*private_fqdn\}$/);
  });

  test("has every value of the hardening table", () => {
    expect(only(compute({ highAvailability: true }), CLUSTER)).toMatchObject({
      role_based_access_control_enabled: true,
      local_account_disabled: true,
      azure_active_directory_role_based_access_control: { azure_rbac_enabled: true, tenant_id: PRODUCTION.tenant },
      oidc_issuer_enabled: true,
      workload_identity_enabled: true,
      network_profile: {
        network_plugin: "azure",
        network_plugin_mode: "overlay",
        network_policy: "cilium",
        network_data_plane: "cilium",
      },
      azure_policy_enabled: true,
      oms_agent: { log_analytics_workspace_id: NAMES.logs, msi_auth_for_monitoring_enabled: true },
      microsoft_defender: { log_analytics_workspace_id: NAMES.logs },
      key_vault_secrets_provider: { secret_rotation_enabled: true },
      key_management_service: { key_vault_network_access: "Private" },
      sku_tier: "Standard",
      automatic_upgrade_channel: "stable",
      node_os_upgrade_channel: "NodeImage",
      maintenance_window_auto_upgrade: { frequency: "Weekly", day_of_week: "Saturday" },
      maintenance_window_node_os: { frequency: "Weekly", day_of_week: "Sunday" },
      disk_encryption_set_id: expect.stringContaining("azurerm_disk_encryption_set"),
      default_node_pool: {
        host_encryption_enabled: true,
        max_pods: 110,
        only_critical_addons_enabled: true,
        node_public_ip_enabled: false,
        type: "VirtualMachineScaleSets",
        zones: ["1", "2", "3"],
        temporary_name_for_rotation: expect.stringMatching(/^[a-z][a-z0-9]{0,11}$/),
      },
      run_command_enabled: false,
      http_application_routing_enabled: false,
      image_cleaner_enabled: true,
    });
  });

  test("gives pods and services the ranges of the address plan", () => {
    const { pods, services } = PRODUCTION.addresses;
    expect(only(compute(), CLUSTER)).toMatchObject({
      network_profile: { pod_cidr: pods, service_cidr: services, dns_service_ip: services.replace(/0\/\d+$/, "10") },
    });
  });

  test("goes out by the environment's own gateway; without the internet it fetches its own images from the registry", () => {
    expect(only(compute(), CLUSTER)).toMatchObject({ network_profile: { outbound_type: "userAssignedNATGateway" } });
    expect(only(compute(), CLUSTER)).not.toHaveProperty("bootstrap_profile");
    const shut = compute({}, { ...PRODUCTION, internet: false });
    expect(only(shut, CLUSTER)).toMatchObject({
      network_profile: { outbound_type: "none" },
      bootstrap_profile: { artifact_source: "Cache", container_registry_id: NAMES.registryId },
    });
    expect(only(shut, "azurerm_container_registry_cache_rule")).toMatchObject({
      name: "aks-managed-mcr",
      source_repo: "mcr.microsoft.com/*",
      target_repo: "aks-managed-repository/*",
    });
  });

  test("keeps what it knows, and its disks, with one version of the environment's own key", () => {
    const stack = compute();
    const version = `${NAMES.keyUri("cluster")}/`;
    expect(only(stack, CLUSTER)).toMatchObject({
      key_management_service: { key_vault_key_id: expect.stringContaining(version) },
    });
    expect(only(stack, "azurerm_disk_encryption_set")).toMatchObject({
      key_vault_key_id: expect.stringContaining(version),
      auto_key_rotation_enabled: false,
      identity: { type: "UserAssigned", identity_ids: [NAMES.identity("encryption")] },
    });
    const without = compute({}, DEVELOPMENT);
    expect(only(without, CLUSTER)).not.toHaveProperty("key_management_service");
    expect(resources(without, "azurerm_disk_encryption_set")).toEqual([]);
  });

  test("acts as an identity that may do what a cluster does in this network, and nothing in the subscription", () => {
    expect(roles()).toEqual(
      expect.arrayContaining([
        `AcrPull @ registries/${NAMES.registry}`,
        "Network Contributor @ subnets/nodes",
        "Network Contributor @ subnets/control-plane",
        "Network Contributor @ subnets/instances",
        "Managed Identity Operator @ userAssignedIdentities/acme-test-nodes",
        "Key Vault Crypto User @ keys/cluster",
      ]),
    );
    for (const { scope } of resources(compute(), ROLE)) expect(scope).not.toMatch(/^\/subscriptions\/[^/]+$/);
    expect(roles(DEVELOPMENT).join()).not.toMatch(/Key Vault/);
  });

  test("waits for the rights of its identities: without them it does not come up", () => {
    const { depends_on: waits } = only(compute(), CLUSTER);
    const rights = Object.keys(compute()?.resource[ROLE] ?? {}).filter((id) => id.startsWith("Cluster_"));
    expect(rights.length).toBeGreaterThan(6);
    expect(waits).toEqual(expect.arrayContaining(rights.map((id) => `${ROLE}.${id}`)));
  });

  test("has its name in a zone of those who have the zones already", () => {
    const zones = "/subscriptions/1b2c3d4e-0000-4000-8000-0000000000d9/resourceGroups/dns";
    const stack = compute({}, { ...PRODUCTION, existing: { privateDnsZones: zones, network: NETWORK } });
    const zone = `${zones}/providers/Microsoft.Network/privateDnsZones/private.koreacentral.azmk8s.io`;
    expect(only(stack, CLUSTER)).toMatchObject({
      private_dns_zone_id: zone,
      dns_prefix_private_cluster: "acme-test-ml",
    });
    expect(only(stack, CLUSTER)).not.toHaveProperty("dns_prefix");
    const inZone = resources(stack, ROLE).find(({ scope }) => scope === zone);
    expect(inZone).toMatchObject({ role_definition_name: "Private DNS Zone Contributor" });
  });

  test("takes the newest versions, those before, or the one that is named with its patches", () => {
    const channel = (props: Partial<Props>) => only(compute(props), CLUSTER).automatic_upgrade_channel;
    expect(channel({ upgrades: "rapid" })).toBe("rapid");
    expect(channel({ upgrades: "stable" })).toBe("stable");
    expect(channel({ upgrades: "rapid", version: "1.33" })).toBe("patch");
    const named = compute({ version: "1.33", pools: [CPU] });
    expect(only(named, CLUSTER)).toMatchObject({ kubernetes_version: "1.33" });
    // Nodes follow with the upgrades of the whole.
    expect(JSON.stringify(named)).not.toContain("orchestrator_version");
  });

  test("is cheap where nothing depends on it", () => {
    const cheap = only(compute({}, DEVELOPMENT), CLUSTER);
    expect(cheap).toMatchObject({ sku_tier: "Free", cost_analysis_enabled: false });
    expect(cheap).not.toHaveProperty("microsoft_defender");
    expect(cheap.default_node_pool).toMatchObject({ zones: ["1"], min_count: 1 });
    expect(only(compute({ highAvailability: true }, DEVELOPMENT), CLUSTER)).toMatchObject({ sku_tier: "Standard" });
  });

  test("is not destroyed by accident, unless that is said, and has no lock: its pools would inherit it and could not be changed", () => {
    expect(only(compute(), CLUSTER)).toMatchObject({ lifecycle: { prevent_destroy: true } });
    expect(only(compute({ deletionProtection: false }), CLUSTER)).not.toHaveProperty("lifecycle");
    expect(resources(compute(), "azurerm_management_lock")).toEqual([]);
  });
});

describe("what the cluster writes", () => {
  test("comes to the environment's workspaces: lines to the one, figures to the other", () => {
    const stack = compute();
    expect(resources(stack, "azurerm_monitor_data_collection_rule")).toMatchObject([
      { data_sources: { prometheus_forwarder: [{}] } },
      { data_sources: { extension: [{ extension_name: "ContainerInsights" }] } },
    ]);
    const associated = resources(stack, "azurerm_monitor_data_collection_rule_association");
    expect(associated.filter(({ data_collection_rule_id: rule }) => rule)).toHaveLength(2);
    const [setting] = resources(stack, "azurerm_monitor_diagnostic_setting").filter(({ target_resource_id: of }) =>
      String(of).includes(CLUSTER),
    );
    expect(setting?.enabled_log).toEqual(
      expect.arrayContaining([{ category: "kube-audit-admin" }, { category: "guard" }]),
    );
  });

  test("goes by a private link in production, where the workspaces are closed", () => {
    const stack = compute();
    expect(only(stack, "azurerm_monitor_workspace")).toMatchObject({ public_network_access_enabled: false });
    expect(only(stack, "azurerm_monitor_data_collection_endpoint")).toMatchObject({
      public_network_access_enabled: false,
    });
    expect(resources(stack, "azurerm_monitor_private_link_scoped_service")).toHaveLength(2);
    expect(only(stack, "azurerm_monitor_private_link_scope")).toMatchObject({ ingestion_access_mode: "PrivateOnly" });
    expect(resources(compute({}, DEVELOPMENT), "azurerm_monitor_private_link_scope")).toEqual([]);
  });

  test("leaves others' workspaces reachable in a network that others use", () => {
    const stack = compute({}, { ...PRODUCTION, existing: { network: NETWORK } });
    expect(only(stack, "azurerm_monitor_private_link_scope")).toMatchObject({ ingestion_access_mode: "Open" });
  });
});

describe("a cluster that exists", () => {
  const SETTINGS = { ...PRODUCTION, existing: { cluster: EXISTING, clusterIssuer: ISSUER, network: NETWORK } };
  const props = { existing: EXISTING };

  test("gets the pools and sends its logs here, and is left alone otherwise", () => {
    const stack = compute({ ...props, pools: [CPU] }, SETTINGS);
    expect(resources(stack, CLUSTER)).toEqual([]);
    expect(only(stack, POOL)).toMatchObject({ kubernetes_cluster_id: EXISTING });
    expect(resources(stack, "azurerm_monitor_data_collection_rule")).toHaveLength(2);
    // The usual names are those of the owner's own logs.
    const names = resources(stack, "azurerm_monitor_data_collection_rule_association").map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["acme-test-figures", "acme-test-logs"]));
    expect(names.filter((name) => String(name).startsWith("ContainerInsights"))).toEqual([]);
    expect(stack?.output.endpoint?.value).toBe(`https://management.azure.com${EXISTING}`);
  });

  test("has its issuer from the config, for the identities of the environment's pods", () => {
    const { ml } = onAzure(({ platform, layer }) => {
      platform.cluster(layer("compute"), "Cluster", { ...props, pools: [] });
      platform.workloadIdentity(layer("ml"), "Pod", {
        workload: "pod",
        kubernetes: { namespace: "a", serviceAccount: "b" },
      });
    }, SETTINGS);
    const pods = resources(ml, "azurerm_federated_identity_credential").filter(({ subject }) =>
      /serviceaccount/.test(String(subject)),
    );
    expect(pods).toMatchObject([{ issuer: ISSUER, subject: "system:serviceaccount:a:b" }]);
  });

  test("is refused when it is not a cluster's id, or when issuer or network are not said", () => {
    const existing = { cluster: EXISTING, clusterIssuer: ISSUER };
    expect(() => compute({ existing: "shared" }, SETTINGS)).toThrow(/managedClusters\/NAME/);
    expect(() => compute(props, { ...PRODUCTION, existing: { cluster: EXISTING } })).toThrow(/clusterIssuer/);
    expect(() => compute({ ...props, pools: [CPU] }, { ...PRODUCTION, existing })).toThrow(/existing\.network/);
  });
});
