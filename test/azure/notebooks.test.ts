import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { NotebooksProps } from "../../lib/contracts/notebooks";
import { estate, ofType, rightsOf } from "./ml-support";
import { onAzure, PRODUCTION, resources } from "./support";

const ALICE = "1b2c3d4e-0000-4000-8000-0000000000e1";
const WITH_ALICE: AzureSettings = { ...PRODUCTION, people: { alice: ALICE } };

function notebooks(props: NotebooksProps = {}, settings: AzureSettings = WITH_ALICE) {
  const { ml } = onAzure(({ platform, layer }) => {
    layer("ml").addOutput("uri", platform.notebooks(layer("ml"), "Notebooks", props).uri, "Looked at below.");
  }, settings);
  return ml;
}

/** What is asked for each instance. */
const instances = (props?: NotebooksProps, settings?: AzureSettings) =>
  ofType(notebooks(props, settings), "workspaces/computes").map(
    ({ body }) => (body as { properties: Record<string, unknown> }).properties,
  );

test("an instance belongs to one person, who alone opens it", () => {
  expect(instances()).toEqual([
    expect.objectContaining({
      computeType: "ComputeInstance",
      properties: expect.objectContaining({
        applicationSharingPolicy: "Personal",
        computeInstanceAuthorizationType: "personal",
        personalComputeInstanceSettings: { assignedUser: { objectId: ALICE, tenantId: PRODUCTION.tenant } },
      }),
    }),
  ]);
});

test("whom the configuration does not name makes one of their own, and may", () => {
  expect(instances({}, PRODUCTION)).toEqual([]);
  expect(rightsOf(notebooks({}, PRODUCTION), "Notebooks_Group")).toEqual([
    `AzureML Compute Operator on ${estate.workspaceId}`,
    `Storage File Data Privileged Contributor on ${estate.storageAccountId("artifacts")}`,
  ]);
});

test("instances stop when nobody uses them, after an hour unless told, within what Azure takes", () => {
  const idle = (props?: NotebooksProps) =>
    instances(props).map(({ properties }) => (properties as Record<string, unknown>).idleTimeBeforeShutdown);
  expect(idle()).toEqual(["PT60M"]);
  expect(idle({ idleShutdownMinutes: 30 })).toEqual(["PT30M"]);
  expect(idle({ idleShutdownMinutes: 5 })).toEqual(["PT15M"]);
  expect(idle({ idleShutdownMinutes: 10080 })).toEqual(["PT4320M"]);
});

test("nobody is root, nobody logs in by SSH, and none has a public address", () => {
  expect(instances()).toEqual([
    expect.objectContaining({
      disableLocalAuth: true,
      properties: expect.objectContaining({
        enableRootAccess: false,
        enableNodePublicIp: false,
        sshSettings: { sshPublicAccess: "Disabled" },
      }),
    }),
  ]);
  // With an identity of its own it would not stop by itself.
  expect(ofType(notebooks(), "workspaces/computes")[0]).not.toHaveProperty("identity");
});

test("the same is refused of instances that people make, before ours are made", () => {
  const policies = resources(notebooks(), "azurerm_resource_policy_assignment");
  expect(policies.map(({ name }) => name)).toEqual(["idle-shutdown", "no-local-login"]);
  for (const policy of policies) {
    expect(policy).toMatchObject({
      resource_id: estate.workspaceId,
      enforce: true,
      policy_definition_id: expect.stringMatching(
        /^\/providers\/Microsoft\.Authorization\/policyDefinitions\/[0-9a-f-]{36}$/,
      ),
    });
    expect(JSON.parse(`${policy.parameters}`)).toEqual({ effect: { value: "Deny" } });
  }
  const [instance] = ofType(notebooks(), "workspaces/computes");
  expect(instance?.depends_on).toEqual(
    expect.arrayContaining([expect.stringContaining("azurerm_resource_policy_assignment.")]),
  );
});

test("the machine is of the class that is asked for", () => {
  const size = (props: NotebooksProps) =>
    instances(props).map(({ properties }) => (properties as Record<string, unknown>).vmSize);
  expect(size({})).toEqual(["Standard_D2ds_v4"]);
  expect(size({ class: "gpu-t4" })).toEqual(["Standard_NC4as_T4_v3"]);
});

test("people find theirs in the studio", () => {
  expect(notebooks()?.output.uri?.value).toBe(
    `https://ml.azure.com/compute/list/instances?wsid=${estate.workspaceId}&tid=${PRODUCTION.tenant}`,
  );
});
