/** What CI may do, held against whole environments. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "../../environments/schema";
import { GRANTABLE_ROLES, PLAN_ACTIONS, POLICY_ACTIONS } from "../../lib/azure/parts/ci-roles";
import type { StackJson } from "../../lib/core/protected";
import { synthesize } from "../../stacks/synth";
import { temporaryFolder } from "../support/folders";
import { servedBy, shippedProduction, withEverything } from "../support/shipped";

const DEVOPS = {
  organisation: "acme",
  project: "ml",
  projectId: "1b2c3d4e-0000-4000-8000-0000000000a1",
  sourceConnection: "1b2c3d4e-0000-4000-8000-0000000000a2",
};

describe("whole environments on Azure", () => {
  jest.setTimeout(120_000);

  /** The shipped production environment with everything on, in each way to serve. */
  function everything(): Environment[] {
    const shipped = shippedProduction("azure");
    const known = { ...shipped, clouds: { ...shipped.clouds, azure: { ...shipped.clouds.azure, devops: DEVOPS } } };
    const all: Environment = { ...withEverything(known), delivery: { ...shipped.delivery, runner: "hosted" } };
    const { replicas } = all.serving.production;
    return [
      all,
      servedBy(all, "managed", { auth: "iam", replicas }),
      servedBy(all, "serverless", { auth: "none", replicas }),
      servedBy(all, "instance", { auth: "none", replicas: { min: 1, max: 1 } }),
    ];
  }

  /** What the provider asks by POST to compare a resource of a type, and fails without: it lists keys of others, too, and goes on. */
  const ASKED: Readonly<Record<string, readonly string[]>> = {
    azurerm_container_app: ["Microsoft.App/containerApps/listSecrets/action"],
    azurerm_container_app_environment_dapr_component: [
      "Microsoft.App/managedEnvironments/daprComponents/listSecrets/action",
    ],
    azurerm_container_app_job: ["Microsoft.App/jobs/listSecrets/action"],
    azurerm_cosmosdb_account: ["listConnectionStrings", "listKeys", "readonlykeys"].map(
      (question) => `Microsoft.DocumentDB/databaseAccounts/${question}/action`,
    ),
    azurerm_eventgrid_system_topic_event_subscription: [
      "Microsoft.EventGrid/systemTopics/eventSubscriptions/getFullUrl/action",
    ],
    azurerm_kubernetes_cluster: ["Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"],
    azurerm_resource_group_template_deployment: ["Microsoft.Resources/deployments/exportTemplate/action"],
  };

  /** Types of everything that is made. */
  const types = new Set<string>();
  /** Roles that are given, by whom they are given to; what CI itself has is given by a person. */
  let given: readonly { readonly role: string; readonly to: unknown; readonly address: string }[] = [];

  beforeAll(async () => {
    const outdir = temporaryFolder();
    const { stacks } = await synthesize(everything(), { outdir, assume: true, today: "2026-01-01" });
    given = Object.values(stacks).flatMap(({ synthesizedStackPath }) => {
      const { resource = {} }: StackJson = JSON.parse(readFileSync(join(outdir, synthesizedStackPath), "utf8"));
      for (const type of Object.keys(resource)) types.add(type);
      return Object.entries(resource.azurerm_role_assignment ?? {})
        .filter(([id]) => !id.startsWith("Ci_"))
        .map(([address, body]) => {
          const { role_definition_name, principal_type } = body as Readonly<Record<string, unknown>>;
          return { role: String(role_definition_name), to: principal_type, address };
        });
    });
  });

  it("give by CI what the condition lets it give, and nothing stands in the list for nobody", () => {
    expect([...new Set(given.map(({ role }) => role))].sort()).toEqual(Object.keys(GRANTABLE_ROLES).sort());
  });

  it("are compared by whoever plans: it may ask what the provider asks, and nothing else", () => {
    const asked = Object.entries(ASKED).flatMap(([type, actions]) => (types.has(type) ? actions : []));
    expect(asked.sort()).toEqual(Object.keys(PLAN_ACTIONS).sort());
  });

  it("assign policies, which CI may", () => {
    expect([...types].filter((type) => /_policy_/.test(type) && type !== "azurerm_storage_management_policy")).toEqual([
      "azurerm_resource_policy_assignment",
    ]);
    expect(Object.keys(POLICY_ACTIONS)).toContain("Microsoft.Authorization/policyAssignments/write");
  });

  it("say what they give roles to, without which the condition would refuse them", () => {
    for (const { to, address } of given)
      expect([address, to]).toEqual([address, expect.stringMatching(/^(ServicePrincipal|Group)$/)]);
  });
});
