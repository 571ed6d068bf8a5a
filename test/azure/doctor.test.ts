import { AzureNames } from "../../lib/azure/parts/names";
import { doctor, LOCAL, row, SUBSCRIPTION } from "./doctor-support";
import { type Answers, list, no, ok } from "./operator-support";
import { PRODUCTION } from "./support";

const names = new AzureNames(PRODUCTION);
const GROUP = names.resourceGroupId.toLowerCase();
const policy = (id: string, parameters: object) =>
  list({
    name: "p",
    properties: { displayName: "House rule", policyDefinitionId: `/x/policyDefinitions/${id}`, parameters },
  });
const LOCATIONS = "e56962a6-4747-49cd-b67b-bf8b01975c4c";

describe("the doctor", () => {
  test("finds nothing wrong with a subscription that is well set up", async () => {
    const checks = await doctor();
    expect(checks.filter(({ ok: good }) => !good)).toEqual([]);
    expect(checks.map(({ check }) => check)).toEqual(
      expect.arrayContaining(["subscription", "resource providers", "features", "rights", "names", "Azure DevOps"]),
    );
  });

  test.each<[string, string, Answers, RegExp]>([
    [
      "another tenant",
      "subscription",
      ({ path }) => (path === SUBSCRIPTION ? ok({ tenantId: "7", state: "Enabled" }) : undefined),
      /Write tenant: 7/,
    ],
    [
      "a subscription that nobody here knows",
      "subscription",
      ({ path }) => (path === SUBSCRIPTION ? no(404, "SubscriptionNotFound") : undefined),
      /az login --tenant/,
    ],
    [
      "resource providers that are not registered",
      "resource providers",
      ({ path }) => (path === `${SUBSCRIPTION}/providers` ? list() : undefined),
      /Run mlops bootstrap test/,
    ],
    [
      "a feature that waits",
      "features",
      ({ path }) => (path.includes("/features/") ? ok({ properties: { state: "Pending" } }) : undefined),
      /Run mlops bootstrap test/,
    ],
    [
      "missing rights",
      "rights",
      ({ path }) =>
        path.endsWith("/permissions")
          ? list({ actions: ["*"], notActions: ["Microsoft.Authorization/*/Write"] })
          : undefined,
      /"Role Based Access Control Administrator" and "User Access Administrator": az role assignment create/,
    ],
    [
      "a region that the organisation forbids",
      "policy House rule",
      ({ path }) =>
        path.endsWith("/policyassignments")
          ? policy(LOCATIONS, { listOfAllowedLocations: { value: ["West Europe"] } })
          : undefined,
      /clouds\.azure\.region/,
    ],
    [
      "a tag that the organisation asks for",
      "policy House rule",
      ({ path }) =>
        path.endsWith("/policyassignments")
          ? policy("871b6d14-10aa-478d-b590-94f262ecfa99", { tagName: { value: "costCenter" } })
          : undefined,
      /under labels/,
    ],
    [
      "a name that is somebody else's",
      "names",
      ({ path }) =>
        path.includes("microsoft.containerregistry") && path.endsWith("/checknameavailability")
          ? ok({ nameAvailable: false, message: "in use" })
          : undefined,
      /clouds\.azure\.nameSalt/,
    ],
    [
      "a deleted vault that stood elsewhere",
      "deleted vault",
      ({ path }) =>
        path.includes("/deletedvaults/")
          ? ok({ properties: { vaultId: "/other", scheduledPurgeDate: "2027-01-02T" } })
          : undefined,
      /nameSalt/,
    ],
    [
      "a project of Azure DevOps by another name",
      "Azure DevOps",
      ({ path }) => (path.startsWith("/devops/acme/_apis/projects/") ? ok({ name: "shop" }) : undefined),
      /Write project: shop/,
    ],
    [
      "a connection to the source that is not there",
      "source connection",
      ({ path }) => (path.includes("/serviceendpoint/") ? no(404, "x") : undefined),
      /A person connects.*clouds\.azure\.devops\.sourceConnection/,
    ],
  ])("says what to do about %s", async (_what, check, first, fix) => {
    expect(row(await doctor(first), check)).toMatchObject({ ok: false, fix: expect.stringMatching(fix) });
  });

  test("ends where the subscription cannot be reached: everything else would say the same", async () => {
    const checks = await doctor(({ path }) =>
      path === SUBSCRIPTION ? no(401, "ExpiredAuthenticationToken") : undefined,
    );
    expect(checks).toHaveLength(1);
    expect(checks[0]?.fix).toMatch(/az login/);
  });

  test("asks for the state's account, its container and the right to it before a plan can miss them", async () => {
    expect(row(await doctor(undefined, PRODUCTION), "state account")).toMatchObject({
      ok: false,
      message: expect.stringContaining(names.stateAccount),
      fix: "Run mlops bootstrap test",
    });
    const properties = { allowSharedKeyAccess: true, publicNetworkAccess: "Disabled" };
    const there: Answers = ({ path }) =>
      path.includes("/storageaccounts/") && !path.endsWith("/roleassignments") ? ok({ properties }) : undefined;
    const checks = (await doctor(there, PRODUCTION)).filter(({ check }) => check === "state account");
    expect(checks[0]).toMatchObject({
      ok: false,
      message: expect.stringMatching(/kim@acme\.example has no Storage Blob Data Contributor/),
    });
    expect(checks.slice(1).map(({ message }) => message)).toEqual([
      expect.stringContaining("properties.allowSharedKeyAccess"),
      expect.stringContaining("does not answer on the internet"),
    ]);
  });

  test("warns of production whose state is kept in files", async () => {
    expect(row(await doctor(), "state account")).toMatchObject({ ok: true, warning: true });
  });

  test("says that a vault which was deleted comes back", async () => {
    const deleted: Answers = ({ path }) =>
      path.includes("/deletedvaults/")
        ? ok({ properties: { vaultId: names.vaultId, scheduledPurgeDate: "2027-01-02T" } })
        : undefined;
    expect(row(await doctor(deleted), "deleted vault")).toMatchObject({
      ok: true,
      warning: true,
      message: expect.stringContaining("until 2027-01-02: the foundation layer brings it back"),
    });
  });

  test("does not ask for names that the environment has already", async () => {
    const ours: Answers = ({ path }) => {
      if (path === `${GROUP}/resources`)
        return list({ type: "Microsoft.ContainerRegistry/registries", name: names.registry });
      return path.endsWith("/checknameavailability") && path.includes("containerregistry")
        ? ok({ nameAvailable: false })
        : undefined;
    };
    expect(row(await doctor(ours), "names")).toMatchObject({
      ok: true,
      message: expect.stringMatching(/^1 of \d+ are/),
    });
  });

  test("a policy that only looks on, or is switched off, is none; one that nobody knows is a warning", async () => {
    const audit = policy(LOCATIONS, { listOfAllowedLocations: { value: ["westeurope"] }, effect: { value: "Audit" } });
    expect(
      row(await doctor(({ path }) => (path.endsWith("/policyassignments") ? audit : undefined)), "policy House rule"),
    ).toBeUndefined();
    const own: Answers = ({ path }) => {
      if (path.endsWith("/policyassignments")) return policy("own", {});
      if (path !== "/x/policydefinitions/own") return undefined;
      return ok({
        properties: {
          policyRule: JSON.parse(`{"then": {"effect": "[parameters('effect')]"}}`),
          parameters: { effect: { defaultValue: "Deny" } },
        },
      });
    };
    expect(row(await doctor(own), "organisation policies")).toMatchObject({
      ok: true,
      warning: true,
      message: expect.stringContaining("House rule"),
    });
  });

  test("a set of policies is looked into, with the values that it hands on", async () => {
    const set =
      (place: string): Answers =>
      (asked) => {
        if (asked.path.endsWith("/policyassignments")) return policy("set", { places: { value: [place] } });
        if (asked.path !== "/x/policydefinitions/set") return undefined;
        const parameters = { listOfAllowedLocations: { value: "[parameters('places')]" } };
        return ok({ properties: { policyDefinitions: [{ policyDefinitionId: `/y/${LOCATIONS}`, parameters }] } });
      };
    expect(row(await doctor(set("westeurope")), "policy House rule")).toMatchObject({ ok: false });
    expect(row(await doctor(set("koreacentral")), "policy House rule")).toBeUndefined();
  });

  test("Azure DevOps that lets nobody in is a warning: only the delivery layer needs it", async () => {
    const shut: Answers = ({ path }) => (path.startsWith("/devops/") ? no(401, "x") : undefined);
    expect(row(await doctor(shut), "Azure DevOps")).toMatchObject({
      ok: true,
      warning: true,
      fix: expect.stringContaining("AZDO_PERSONAL_ACCESS_TOKEN"),
    });
  });

  test("a resource group that the config names has to be there", async () => {
    const settings = { ...LOCAL, resourceGroup: "theirs" };
    expect(row(await doctor(undefined, settings), "resource group")?.fix).toMatch(/az group create --name theirs/);
  });

  test("a row that may not be seen does not stop the others", async () => {
    const hidden: Answers = ({ path }) => (path.endsWith("/usages") ? no(403, "AuthorizationFailed") : undefined);
    const checks = await doctor(hidden);
    expect(row(checks, "quotas")).toMatchObject({ ok: true, warning: true });
    expect(row(checks, "rights")?.ok).toBe(true);
  });
});
