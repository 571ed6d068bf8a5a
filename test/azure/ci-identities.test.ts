/** Who plans and deploys on Azure. */
import { AzureCiIdentities } from "../../lib/azure/ci-identities";
import { AzureEstate } from "../../lib/azure/estate";
import {
  GRANTABLE_ROLES,
  grantCondition,
  LOOK_ACTIONS,
  PLAN_ACTIONS,
  POLICY_ACTIONS,
} from "../../lib/azure/parts/ci-roles";
import { encodedId } from "../../lib/azure/parts/federation";
import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { CiIdentitiesProps } from "../../lib/contracts/ci-identities";
import { UserError } from "../../lib/core/errors";
import { onAzure, PRODUCTION, resources } from "./support";

const GITHUB: CiIdentitiesProps = { host: "github", repository: "acme/infrastructure" };
const AZURE: CiIdentitiesProps = { host: "azureRepos", repository: "acme/ml/deploy" };
const TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const ENTRA = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const CONNECTION = "1b2c3d4e-0000-4000-8000-0000000000e1/1b2c3d4e-0000-4000-8000-0000000000e2";
const GROUP = new AzureEstate(PRODUCTION).resourceGroupId;

const ci = (props: CiIdentitiesProps = GITHUB, settings: AzureSettings = PRODUCTION) =>
  onAzure(
    ({ layer }) => void new AzureCiIdentities(layer("foundation"), "Ci", props, new AzureEstate(settings)),
    settings,
  ).foundation;

/** Subjects that one of the identities trusts. */
const subjects = (who: "plan" | "apply", props?: CiIdentitiesProps) =>
  resources(ci(props), "azurerm_federated_identity_credential")
    .filter(({ parent_id }) => String(parent_id).includes(`Ci_${who}_`))
    .map(({ subject }) => subject);

/** What an identity may do, and where. */
const rightsOf = (who: "plan" | "apply", settings?: AzureSettings) =>
  resources(ci(GITHUB, settings), "azurerm_role_assignment")
    .filter(({ principal_id }) => String(principal_id).includes(`Ci_${who}_`))
    .map(({ role_definition_name, role_definition_id, scope }) => [role_definition_name ?? role_definition_id, scope]);

describe("CI", () => {
  it("signs in with tokens of one repository and one exact subject for each identity", () => {
    expect(subjects("plan")).toEqual(["repo:acme/infrastructure:pull_request"]);
    expect(subjects("apply")).toEqual(["repo:acme/infrastructure:environment:test"]);
    for (const credential of resources(ci(), "azurerm_federated_identity_credential")) {
      expect(credential).toMatchObject({
        issuer: "https://token.actions.githubusercontent.com",
        audience: ["api://AzureADTokenExchange"],
      });
    }
  });

  it("is known by client ids and the tenant", () => {
    onAzure(({ platform, layer }) => {
      const made = platform.ciIdentities(layer("foundation"), "Ci", GITHUB);
      expect(made.provider).toBe(PRODUCTION.tenant);
    });
    expect(Object.keys(ci()?.output ?? {})).toEqual(expect.arrayContaining(["ciPlanClientId", "ciApplyClientId"]));
  });

  it("never deploys from a pull request", () => {
    expect(() => ci({ ...GITHUB, applySubjects: ["repo:acme-1/infrastructure-2:pull_request"] })).toThrow(
      /is that of any pull request and may not deploy/,
    );
  });

  it("takes no subject that is inexact, of both, or too long", () => {
    const refused = (more: Partial<CiIdentitiesProps>, message: RegExp) => {
      expect(() => ci({ ...GITHUB, ...more })).toThrow(UserError);
      expect(() => ci({ ...GITHUB, ...more })).toThrow(message);
    };
    refused({ planSubjects: ["repo:acme/*:ref:refs/heads/main"] }, /is not exact/);
    refused({ planSubjects: ["repo:acme/infrastructure:environment:test"] }, /may plan and deploy/);
    refused({ planSubjects: [`repo:acme/${"x".repeat(600)}`] }, /at most 600 are allowed/);
  });

  it("trusts at most twenty subjects for each identity, and says how many there are", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => `repo:acme/infrastructure:ref:refs/heads/b${index}`);
    expect(subjects("plan", { ...GITHUB, planSubjects: many(19) })).toHaveLength(20);
    expect(() => ci({ ...GITHUB, planSubjects: many(20) })).toThrow(/21 subjects may plan.*at most 20/);
    expect(() => ci({ ...GITHUB, applySubjects: many(25) })).toThrow(/26 subjects may deploy.*at most 20/);
  });

  it("keeps its other credentials when a subject is added before them", () => {
    const credentials = (...planSubjects: string[]) =>
      Object.entries(ci({ ...GITHUB, planSubjects })?.resource.azurerm_federated_identity_credential ?? {}).map(
        ([address, { name, subject }]) => ({ address, name, subject }),
      );
    const [first, second] = ["a", "b"].map((branch) => `repo:acme/infrastructure:ref:refs/heads/${branch}`);
    const before = credentials(String(second));
    expect(before).toHaveLength(3);
    expect(credentials(String(first), String(second))).toEqual(expect.arrayContaining(before));
  });

  it("refuses numbers of owner and repository, which Entra would not look at", () => {
    expect(() => ci({ ...GITHUB, ownerId: 7 })).toThrow(/ownerId is 7: Microsoft Entra compares the subject/);
    expect(() => ci({ ...GITHUB, repositoryId: 8 })).toThrow(/repositoryId is 8/);
  });

  it("of Azure DevOps with tokens of Entra is known by the whole subject, which follows from tenant and connection", () => {
    const props = { ...AZURE, issuer: ENTRA, applySubjects: [CONNECTION] };
    // Microsoft's own tenant, and Azure DevOps's application, as Microsoft writes them in its documentation.
    expect(encodedId(TENANT)).toBe("v4j5cvGGr0GRqy180BHbRw");
    expect(encodedId("499b84ac-1321-427f-aa17-267ca6975798")).toBe("rISbSSETf0KqFyZ8ppdXmA");
    expect(subjects("apply", props)).toEqual([
      `/eid1/c/pub/t/v4j5cvGGr0GRqy180BHbRw/a/rISbSSETf0KqFyZ8ppdXmA/sc/${CONNECTION}`,
    ]);
    expect(subjects("plan", props)).toEqual([]);
    expect(() => ci({ ...AZURE, issuer: ENTRA })).toThrow(/no subject may deploy/);
    expect(() => ci({ ...AZURE, issuer: ENTRA, applySubjects: ["sc://acme/ml/deploy"] })).toThrow(
      /names no service connection/,
    );
  });

  it("of Azure DevOps with its own tokens is known by the connection's name", () => {
    const issuer = "https://vstoken.dev.azure.com/1b2c3d4e-0000-4000-8000-0000000000e1";
    expect(subjects("apply", { ...AZURE, issuer })).toEqual(["sc://acme/ml/deploy"]);
    expect(() => ci(AZURE)).toThrow(/delivery.infrastructure.issuer is missing/);
    expect(() => ci({ ...AZURE, issuer: "https://evil.example" })).toThrow(/issuer is https:\/\/evil\.example/);
  });

  it("lets the one that plans read the group, and ask what the provider asks; nothing of it changes anything", () => {
    expect(rightsOf("plan")).toEqual(
      expect.arrayContaining([
        ["Reader", GROUP],
        [expect.stringContaining("Ci_Role-compare"), expect.stringContaining("Ci_Role-compare")],
        [expect.stringContaining("Ci_Role-look"), expect.stringContaining("Ci_Role-look")],
        ["Storage Blob Data Reader", expect.stringMatching(/containers\/tfstate$/)],
      ]),
    );
    expect(rightsOf("plan")).toHaveLength(4);
    for (const action of Object.keys(LOOK_ACTIONS)) expect(action).toMatch(/\/read$/);
    for (const action of Object.keys(PLAN_ACTIONS))
      expect(action).toMatch(/\/(list\w+|readonlykeys|getFullUrl|exportTemplate)\/action$/);
  });

  it("lets the one that deploys make what is in the group, lock it, and give the listed roles", () => {
    const rights = rightsOf("apply");
    expect(rights).toHaveLength(8);
    expect(rights).toEqual(
      expect.arrayContaining([
        ["Contributor", GROUP],
        ["Locks Contributor", GROUP],
        ["Azure Kubernetes Service RBAC Cluster Admin", GROUP],
        [expect.stringContaining("Ci_Role-budget"), expect.stringContaining("Ci_Role-budget")],
        [expect.stringContaining("Ci_Role-policies"), expect.stringContaining("Ci_Role-policies")],
        ["Role Based Access Control Administrator", GROUP],
        [expect.stringContaining("Ci_Role-look"), expect.stringContaining("Ci_Role-look")],
        ["Storage Blob Data Contributor", expect.stringMatching(/containers\/tfstate$/)],
      ]),
    );
  });

  it("has nothing in the subscription but looking and the budget, in the group its policies, and a role of its own for nothing else", () => {
    const roles = resources(ci(), "azurerm_role_definition");
    const all = `/subscriptions/${PRODUCTION.subscription}`;
    expect(roles.map(({ scope }) => scope).sort()).toEqual([all, all, GROUP, GROUP].sort());
    const changing = roles.filter(({ permissions }) =>
      /\*|\/write|\/delete"|data_actions/.test(JSON.stringify(permissions)),
    );
    expect(changing.map(({ permissions }) => permissions)).toEqual([
      [{ actions: ["Microsoft.Consumption/budgets/write", "Microsoft.Consumption/budgets/delete"] }],
      [{ actions: Object.keys(POLICY_ACTIONS) }],
    ]);
    const wide = resources(ci(), "azurerm_role_assignment").filter(({ scope }) =>
      /^\/subscriptions\/[^/]+$/.test(String(scope)),
    );
    expect(wide).toEqual([]);
  });

  it("cannot give itself more: it gives listed roles only, and takes away no others", () => {
    const condition = grantCondition();
    for (const id of Object.values(GRANTABLE_ROLES)) expect(condition.split(id)).toHaveLength(3);
    expect(condition).toContain("{'ServicePrincipal', 'Group'}");
    expect(condition).toMatch(/roleAssignments\/write'.*@Request.*AND.*roleAssignments\/delete'.*@Resource/);
    // https://learn.microsoft.com/en-us/azure/role-based-access-control/conditions-overview
    expect(Buffer.byteLength(condition)).toBeLessThan(8 * 1024);
    const given = resources(ci(), "azurerm_role_assignment").find(({ condition }) =>
      String(condition).includes("Guid"),
    );
    expect(given).toMatchObject({ condition, condition_version: "2.0" });
  });

  it("lists no role that gives roles in turn", () => {
    const names = Object.keys(GRANTABLE_ROLES);
    for (const name of names) {
      expect(name).not.toMatch(
        /^(Owner|Contributor|User Access Administrator|Role Based Access|Key Vault Data Access)/,
      );
    }
    const ids = Object.values(GRANTABLE_ROLES);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it("reaches the states of its environment only, one of them to read", () => {
    const states = resources(ci(), "azurerm_role_assignment").filter(({ scope }) => String(scope).includes("tfstate"));
    expect(states.map(({ role_definition_name }) => role_definition_name).sort()).toEqual([
      "Storage Blob Data Contributor",
      "Storage Blob Data Reader",
    ]);
    for (const { condition } of states) {
      expect(condition).toContain("blobs:path] StringStartsWith 'azure/test/'");
      expect(condition).toContain("blobs:prefix] StringStartsWith 'azure/test/'");
      for (const verb of ["read", "write", "add/action", "delete", "move/action"]) {
        expect(condition).toContain(`blobs/${verb}'`);
      }
    }
    const local: AzureSettings = { ...PRODUCTION, backend: { type: "local" } };
    expect(rightsOf("plan", local).map(([, scope]) => scope)).not.toContain(expect.stringContaining("tfstate"));
    expect(rightsOf("plan", local)).toHaveLength(3);
  });
});
