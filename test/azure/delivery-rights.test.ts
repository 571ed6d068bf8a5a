import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { DeliveryProps } from "../../lib/contracts/delivery";
import { DEFINITION, delivery, devops, POOL_PRINCIPAL, RULES, variables } from "./delivery-support";
import { rolesOf } from "./roles";
import { only, PRODUCTION, resources } from "./support";

describe("a place", () => {
  const places = (props?: Partial<DeliveryProps>, settings?: AzureSettings) =>
    resources(delivery(props, settings).stack, "azuredevops_environment").map(({ name }) => name);

  test("waits for a person in production, and wherever the rule says so", () => {
    expect(places()).toEqual(["acme-test-automatic"]);
    expect(places({ rules: RULES })).toEqual(["acme-test-approved", "acme-test-automatic"]);
    expect(places({}, PRODUCTION)).toEqual(["acme-test-approved"]);
    const approval = only(delivery({}, PRODUCTION).stack, "azuredevops_check_approval");
    expect(approval).toMatchObject({
      target_resource_type: "environment",
      requester_can_approve: false,
      minimum_required_approvers: 1,
      approvers: [expect.stringMatching(/^\$\{azuredevops_group\..*\.group_id\}$/)],
    });
    expect(resources(delivery().stack, "azuredevops_check_approval")).toEqual([]);
  });

  test("takes runs of the rules' branches and tags only, one at a time", () => {
    const { stack } = delivery({ rules: RULES });
    const controls = resources(stack, "azuredevops_check_branch_control");
    const all = "refs/heads/main, refs/heads/release/1.0, refs/tags/v*";
    expect(
      controls.map(({ target_resource_type: on, allowed_branches: allowed }) => `${on}: ${allowed}`).sort(),
    ).toEqual([
      `endpoint: ${all}`,
      "environment: refs/heads/main, refs/heads/release/1.0",
      "environment: refs/tags/v*",
      `variablegroup: ${all}`,
    ]);
    expect(resources(stack, "azuredevops_check_exclusive_lock")).toHaveLength(2);
  });
});

describe("what pipelines act as", () => {
  test("is an identity with what a delivery needs, by tokens of this one connection", () => {
    const { stack } = delivery();
    expect(rolesOf(stack, "builds")).toEqual([
      expect.stringMatching(/^AcrPush on registries\/acmetestimages/),
      "AzureML Data Scientist on workspaces/acme-test-ml",
      "Storage Blob Data Contributor on containers/packages",
    ]);
    expect(only(stack, "azuredevops_serviceendpoint_azurerm")).toMatchObject({
      service_endpoint_authentication_scheme: "WorkloadIdentityFederation",
      credentials: { serviceprincipalid: expect.stringMatching(/client_id\}$/) },
    });
    const [credential] = resources(stack, "azapi_resource");
    expect(credential).toMatchObject({
      type: expect.stringMatching(/federatedIdentityCredentials@/),
      body: {
        properties: {
          issuer: expect.stringMatching(/workload_identity_federation_issuer\}$/),
          subject: expect.stringMatching(/workload_identity_federation_subject\}$/),
          audiences: ["api://AzureADTokenExchange"],
        },
      },
    });
    expect(JSON.stringify(stack)).not.toMatch(/serviceprincipalkey|secret_value/);
  });

  test("is let to each delivering pipeline by its id, never to all", () => {
    const permits = resources(delivery({ rules: RULES }).stack, "azuredevops_pipeline_authorization");
    expect(permits.length).toBeGreaterThan(10);
    for (const permit of permits) expect(permit.pipeline_id).toMatch(/^\$\{azuredevops_build_definition\./);
    for (const group of resources(delivery().stack, "azuredevops_variable_group"))
      expect(group.allow_access).toBe(false);
  });
});

describe("variables", () => {
  test("hold the environment's document, and nothing secret", () => {
    const document = variables(only(delivery().stack, "azuredevops_variable_group"));
    expect(document).toMatchObject({
      IMAGE_REGISTRY: expect.stringMatching(/^acmetestimages\w+\.azurecr\.io$/),
      PACKAGES_URI: expect.stringMatching(/^https:\/\/\w+\.blob\.core\.windows\.net\/packages$/),
      PIPELINE_ROOT: expect.stringMatching(/\/artifacts\/pipelines$/),
      RETRAIN_TOPIC: expect.stringMatching(/\/queues\/retrain$/),
      WORKSPACE: "acme-test-ml",
    });
  });

  test("name secrets of an existing vault, whose values each run reads", () => {
    const vault =
      "/subscriptions/1b2c3d4e-0000-4000-8000-0000000000d9/resourceGroups/shared/providers/Microsoft.KeyVault/vaults/acme-shared";
    const settings = { ...devops({ secrets: ["pypi-token"] }), existing: { vault } };
    const { stack } = delivery({}, settings);
    const linked = resources(stack, "azuredevops_variable_group").find(({ key_vault: link }) => link !== undefined);
    expect(linked).toMatchObject({
      key_vault: { name: "acme-shared", service_endpoint_id: expect.stringContaining("serviceendpoint_azurerm") },
      variable: [{ name: "pypi-token" }],
      depends_on: [expect.stringMatching(/^azapi_resource\./)],
    });
    expect(rolesOf(stack, "builds")).toEqual(
      expect.arrayContaining([
        "Key Vault Reader on vaults/acme-shared",
        "Key Vault Secrets User on secrets/pypi-token",
      ]),
    );
  });

  test("of the environment's own vault are refused: it is open to the network only", () => {
    expect(() => delivery({}, devops({ secrets: ["pypi-token"] }))).toThrow(
      /devops\.secrets: links secrets of the environment's own vault.*AzureKeyVault@2/,
    );
  });
});

describe("builds inside the network", () => {
  test("run on machines without an identity, one job each, in the subnet for them", () => {
    const { stack } = delivery({ runner: "network" }, devops({ poolPrincipal: POOL_PRINCIPAL }));
    const pool = resources(stack, "azapi_resource").find(({ type }) => String(type).includes("DevOpsInfrastructure"));
    expect(pool).toMatchObject({
      body: {
        properties: {
          agentProfile: { kind: "Stateless" },
          organizationProfile: { organizations: [{ url: "https://dev.azure.com/acme", projects: ["ml-platform"] }] },
          fabricProfile: { networkProfile: { subnetId: expect.stringMatching(/\/subnets\/runners$/) } },
        },
      },
    });
    expect(pool).not.toHaveProperty("identity");
    for (const made of resources(stack, DEFINITION)) expect(made.agent_pool_name).toBe(pool?.name);
    const given = resources(stack, "azurerm_role_assignment").filter(({ principal_id: to }) => to === POOL_PRINCIPAL);
    expect(
      given.map(({ role_definition_name: role, scope }) => `${role} on ${String(scope).split("/").at(-1)}`),
    ).toEqual(["Network Contributor on runners", "Reader on acme-test-ml"]);
  });

  test("need the id of the service that puts the machines there", () => {
    expect(() => delivery({ runner: "network" })).toThrow(
      /devops\.poolPrincipal: is missing.*delivery\.runner: hosted/,
    );
  });

  test("are a choice: without it Microsoft's machines build", () => {
    expect(resources(delivery().stack, "azapi_resource").map(({ type }) => type)).toHaveLength(1);
  });
});
