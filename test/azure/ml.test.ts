/** The Azure ML workspace, and who may use it. */
import type { AzureSettings } from "../../lib/azure/parts/settings";
import { around, estate, rightsOf, there } from "./ml-support";
import { type AzureBench, DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const made = (settings: AzureSettings = PRODUCTION) => onAzure(({ layer }) => void layer("ml"), settings).ml;

describe("the workspace", () => {
  const workspace = (settings?: AzureSettings) => only(made(settings), "azurerm_machine_learning_workspace");
  const account = (purpose: Parameters<typeof estate.storageAccountId>[0]) => estate.storageAccountId(purpose);

  it("is reached from the environment's network only, by the names of both of its addresses", () => {
    expect(workspace()).toMatchObject({ public_network_access_enabled: false, v1_legacy_mode_enabled: false });
    expect(only(made(), "azurerm_private_endpoint")).toMatchObject({
      subnet_id: estate.subnet("endpoints"),
      private_service_connection: { subresource_names: ["amlworkspace"], is_manual_connection: false },
      private_dns_zone_group: {
        private_dns_zone_ids: [estate.privateZone("workspace"), estate.privateZone("notebooks")],
      },
    });
  });

  it("keeps its own things in the artifacts, and its secrets in the environment's vault", () => {
    expect(workspace()).toMatchObject({
      storage_account_id: account("artifacts"),
      key_vault_id: estate.vaultId,
      container_registry_id: estate.registryId,
      high_business_impact: true,
    });
  });

  it("enters storage as itself: nothing in it has a key", () => {
    expect(only(made(), "azapi_update_resource")).toMatchObject({
      type: expect.stringMatching(/^Microsoft\.MachineLearningServices\/workspaces@/),
      resource_id: expect.stringMatching(/^\$\{azurerm_machine_learning_workspace\..*\.id\}$/),
      body: { properties: { systemDatastoresAuthMode: "Identity" } },
    });
    const stores = resources(made(), "azurerm_machine_learning_datastore_blobstorage");
    expect(Object.fromEntries(stores.map((store) => [store.name, store.storage_container_id]))).toEqual({
      artifacts: estate.containerId("artifacts"),
      datasets: estate.containerId("datasets"),
      packages: estate.containerId("packages"),
      prediction_logs: estate.containerId("prediction-logs"),
    });
    for (const store of stores) {
      expect(store.service_data_auth_identity).toBe("WorkspaceUserAssignedIdentity");
      expect(store).not.toHaveProperty("account_key");
      expect(store).not.toHaveProperty("shared_access_signature");
    }
  });

  it("pulls and pushes images as an identity of its own, so the registry needs no admin user", () => {
    const ml = made();
    expect(workspace()).toMatchObject({
      primary_user_assigned_identity: estate.identity("workspace"),
      identity: { type: "UserAssigned", identity_ids: expect.arrayContaining([estate.identity("workspace")]) },
    });
    const rights = rightsOf(ml, "Workspace_Identity");
    for (const role of ["AcrPull", "AcrPush"]) expect(rights).toContain(`${role} on ${estate.registryId}`);
  });

  it("has the rights that it needs and no others, each on one resource", () => {
    const endpoint = (part: string) => estate.id("Microsoft.Network/privateEndpoints", `acme-test-artifacts-${part}`);
    const approver = "Azure AI Enterprise Network Connection Approver";
    expect(rightsOf(made(), "Workspace_Identity")).toEqual(
      [
        `Storage Account Contributor on ${account("artifacts")}`,
        `Storage Blob Data Contributor on ${account("artifacts")}`,
        `Storage File Data Privileged Contributor on ${account("artifacts")}`,
        `Reader on ${endpoint("blob")}`,
        `Reader on ${endpoint("file")}`,
        `Key Vault Contributor on ${estate.vaultId}`,
        `Key Vault Administrator on ${estate.vaultId}`,
        `Reader on ${estate.registryId}`,
        `AcrPull on ${estate.registryId}`,
        `AcrPush on ${estate.registryId}`,
        `Application Insights Component Contributor on ${estate.insights}`,
        `Monitoring Metrics Publisher on ${estate.insights}`,
        ...(["datasets", "packages", "prediction-logs"] as const).map(
          (purpose) => `Storage Blob Data Reader on ${estate.containerId(purpose)}`,
        ),
        ...[
          ...(["artifacts", "datasets", "packages", "prediction-logs"] as const).map(account),
          estate.vaultId,
          estate.registryId,
        ].map((on) => `${approver} on ${on}`),
      ].sort(),
    );
    expect(rightsOf(made(), "Workspace_Inside").map((right) => right.split(" on ")[0])).toEqual([
      "Azure AI Administrator",
      approver,
    ]);
  });

  it("waits for those rights, without which Azure refuses it", () => {
    const rights = Object.keys(made()?.resource.azurerm_role_assignment ?? {})
      .filter((id) => id.startsWith("Workspace_Identity"))
      .map((id) => `azurerm_role_assignment.${id}`);
    expect(workspace().depends_on).toEqual(expect.arrayContaining(rights));
  });

  it("is encrypted by the environment's key, whose version Azure tells, and is never replaced for another", () => {
    const ml = made();
    const lookup = only(ml, "azurerm_resource_group_template_deployment");
    expect(JSON.parse(`${lookup.template_content}`)).toMatchObject({
      resources: [],
      outputs: { key: { value: `[reference('${estate.keyId("ml")}', '2024-11-01').keyUriWithVersion]` } },
    });
    expect(workspace()).toMatchObject({
      encryption: {
        key_vault_id: estate.vaultId,
        key_id: expect.stringMatching(/^\$\{try\(jsondecode\(azurerm_resource_group_template_deployment\./),
        user_assigned_identity_id: estate.identity("encryption"),
      },
      identity: { identity_ids: expect.arrayContaining([estate.identity("encryption")]) },
      lifecycle: { ignore_changes: ["encryption"], prevent_destroy: true },
    });
    expect(workspace(DEVELOPMENT)).not.toHaveProperty("encryption");
    expect(workspace(DEVELOPMENT).lifecycle).not.toHaveProperty("prevent_destroy");
    expect(resources(made(DEVELOPMENT), "azurerm_resource_group_template_deployment")).toEqual([]);
  });

  it.each([
    ["in production", PRODUCTION, "AllowOnlyApprovedOutbound"],
    ["without the internet", { ...DEVELOPMENT, internet: false }, "AllowOnlyApprovedOutbound"],
    ["elsewhere", DEVELOPMENT, "AllowInternetOutbound"],
  ])("reaches out %s by %#", (_, settings, isolation_mode) => {
    expect(workspace(settings)).toMatchObject({ managed_network: { isolation_mode } });
  });

  it("reaches the other stores, and its own queues and tables, by private endpoints one after the other; no address outside", () => {
    const type = "azurerm_machine_learning_workspace_network_outbound_rule_private_endpoint";
    const rules = resources(made(), type);
    expect(rules.map((rule) => [rule.service_resource_id, rule.sub_resource_target]).sort()).toEqual(
      [
        [account("datasets"), "blob"],
        [account("packages"), "blob"],
        [account("prediction-logs"), "blob"],
        [account("artifacts"), "queue"],
        [account("artifacts"), "table"],
      ].sort(),
    );
    expect(rules.filter((rule) => !rule.depends_on)).toHaveLength(1);
    expect(JSON.stringify(made())).not.toContain("outbound_rule_fqdn");
    // Spark has a network of its own, which needs them too.
    expect(rules.map((rule) => rule.spark_enabled).sort()).toEqual([false, false, true, true, true]);
    const without = { ...PRODUCTION, features: { ...PRODUCTION.features, dataProcessing: false } };
    expect(new Set(resources(made(without), type).map((rule) => rule.spark_enabled))).toEqual(new Set([false]));
  });

  it("builds images on a cluster that is empty when none is built", () => {
    const builder = only(made(), "azurerm_machine_learning_compute_cluster");
    expect(workspace().image_build_compute_name).toBe(builder.name);
    expect(builder).toMatchObject({
      scale_settings: { min_node_count: 0, max_node_count: 1 },
      local_auth_enabled: false,
      node_public_ip_enabled: false,
      ssh_public_access_enabled: false,
      identity: { identity_ids: [estate.identity("workspace")] },
    });
  });

  it("writes down what happens in it", () => {
    expect(only(made(), "azurerm_monitor_diagnostic_setting")).toMatchObject({
      log_analytics_workspace_id: estate.logs,
      enabled_log: [{ category_group: "allLogs" }],
    });
  });

  it("measures into Application Insights of the workspace kind, which takes no keys", () => {
    const insights = only(made(), "azurerm_application_insights");
    expect(insights).toMatchObject({
      name: estate.insights.split("/").at(-1),
      workspace_id: estate.logs,
      local_authentication_disabled: true,
      internet_query_enabled: false,
      daily_data_cap_in_gb: 100,
    });
    expect(only(made(DEVELOPMENT), "azurerm_application_insights")).toMatchObject({ daily_data_cap_in_gb: 1 });
  });
});

describe("tracking", () => {
  const make = (groups: readonly string[]) =>
    onAzure((bench) => {
      const { database, artifacts, identity } = around(bench);
      const registry = there(
        bench.platform.modelRegistry(bench.layer("ml"), "Tracking", { database, artifacts, groups }),
      );
      expect(registry.trackingUri).toBe(`azureml://koreacentral.api.azureml.ms/mlflow/v1.0${estate.workspaceId}`);
      registry.grants.use(identity);
      there(
        bench.platform.orchestrator(bench.layer("ml"), "Orchestrator", { packages: artifacts, artifacts, identity }),
      );
    }).ml;
  const use = [
    `AzureML Data Scientist on ${estate.workspaceId}`,
    `Storage Blob Data Contributor on ${estate.storageAccountId("artifacts")}`,
  ];

  it("is the workspace: programs get the right to use it once, whichever of its parts asks", () => {
    expect(rightsOf(make([]), "Pipelines_workspace")).toEqual(use);
  });

  it("lets in the teams' groups by their ids", () => {
    const ml = make(["risk-ml@acme.example"]);
    expect(rightsOf(ml, "Tracking_Group")).toEqual(use);
    const given = resources(ml, "azurerm_role_assignment").filter(({ principal_type }) => principal_type === "Group");
    const id = PRODUCTION.groups["risk-ml@acme.example"];
    expect(given.map(({ principal_id }) => principal_id)).toEqual([id, id]);
  });

  it("says where an id is missing", () => {
    expect(() => make(["care@acme.example"])).toThrow(/care@acme\.example has no id.*entraGroup/);
  });
});

describe("the orchestrator", () => {
  const make = (bench: AzureBench) =>
    there(bench.platform.orchestrator(bench.layer("ml"), "Orchestrator", around(bench)));

  it("takes jobs at Azure's management API, in Azure ML's form, and has no TensorBoard", () => {
    onAzure((bench) => {
      const { submitUri, format, tensorBoard } = make(bench);
      expect(submitUri).toBe(`https://management.azure.com${estate.workspaceId}/jobs`);
      expect({ format, tensorBoard }).toEqual({ format: "azureml", tensorBoard: null });
    });
  });

  it("lets the pipelines' identity submit, keep files, and measure", () => {
    const { ml } = onAzure((bench) => void make(bench));
    expect(rightsOf(ml, "Pipelines")).toEqual([
      `AzureML Data Scientist on ${estate.workspaceId}`,
      `Monitoring Metrics Publisher on ${estate.insights}`,
      `Storage Blob Data Contributor on ${estate.storageAccountId("artifacts")}`,
    ]);
  });
});

test("a datastore is not made anew for another tag", () => {
  for (const store of resources(made(), "azurerm_machine_learning_datastore_blobstorage")) {
    expect(store).toMatchObject({ lifecycle: { ignore_changes: ["tags"] } });
  }
});
