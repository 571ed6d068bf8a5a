/** Who plans and deploys on Google Cloud. */

import type { CiIdentitiesProps } from "../../lib/contracts/ci-identities";
import { UserError } from "../../lib/core/errors";
import { GcpCiIdentities } from "../../lib/gcp/ci-identities";
import { GcpEstate } from "../../lib/gcp/estate";
import {
  APPLY_PERMISSIONS,
  APPLY_ROLES,
  GRANTABLE_ROLES,
  PLAN_PERMISSIONS,
  PLAN_ROLES,
} from "../../lib/gcp/parts/ci-roles";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { onGcp, only, PRODUCTION, resources } from "./support";

const NONE = Object.fromEntries(
  Object.keys(PRODUCTION.features).map((name) => [name, false]),
) as unknown as GcpSettings["features"];

describe("CI", () => {
  const GITHUB: CiIdentitiesProps = { host: "github", repository: "acme/infrastructure" };
  const AZURE: CiIdentitiesProps = { host: "azureRepos", repository: "acme/ml/deploy" };
  const ENTRA = "https://login.microsoftonline.com/1b2c3d4e-0000-4000-8000-000000000001/v2.0";
  const ci = (props: CiIdentitiesProps = GITHUB, settings: GcpSettings = PRODUCTION) =>
    onGcp(({ layer }) => void new GcpCiIdentities(layer("foundation"), "Ci", props, new GcpEstate(settings)), settings)
      .foundation;
  const subjects = (props: CiIdentitiesProps) =>
    resources(ci(props), "google_service_account_iam_member").map(({ member }) => String(member).split("/subject/")[1]);
  const rolesOf = (settings: GcpSettings, who: "plan" | "apply") =>
    Object.entries(ci(GITHUB, settings)?.resource.google_project_iam_member ?? {})
      .filter(([id]) => id.startsWith(`Ci_${who}-`))
      .map(([, grant]) => grant as Record<string, unknown>);

  it("signs in with tokens of one repository and two exact subjects", () => {
    expect(only(ci(), "google_iam_workload_identity_pool_provider")).toMatchObject({
      attribute_condition:
        "assertion.repository == 'acme/infrastructure' && (assertion.sub == 'repo:acme/infrastructure:pull_request' || " +
        "assertion.sub == 'repo:acme/infrastructure:environment:test')",
      attribute_mapping: { "google.subject": "assertion.sub" },
      oidc: { issuer_uri: "https://token.actions.githubusercontent.com" },
    });
    expect(subjects(GITHUB).sort()).toEqual([
      "repo:acme/infrastructure:environment:test",
      "repo:acme/infrastructure:pull_request",
    ]);
  });

  it("never deploys from a pull request", () => {
    const grants = Object.entries(ci()?.resource.google_service_account_iam_member ?? {});
    const pullRequest = grants.find(([, { member }]) => String(member).endsWith(":pull_request"));
    expect(pullRequest?.[1].service_account_id).toMatch(/plan-Account/);
    expect(() => ci({ ...GITHUB, applySubjects: ["repo:acme-1/infrastructure-2:pull_request"] })).toThrow(
      /is that of any pull request and may not deploy/,
    );
  });

  it.each([
    ["a wildcard", "repo:acme/*", /the subject "repo:acme\/\*" is not exact/],
    ["a quote", "repo:acme/ml' || true", /is not exact/],
    ["more bytes than Google takes", `repo:acme/${"x".repeat(118)}`, /has 128 bytes, at most 127 are allowed/],
    ["what may also deploy", "repo:acme/infrastructure:environment:test", /may plan and deploy/],
  ])("refuses a subject with %s", (_, subject, message) => {
    expect(() => ci({ ...GITHUB, planSubjects: [subject] })).toThrow(message);
  });

  it("takes a subject of just the length that Google takes", () => {
    expect(subjects({ ...GITHUB, planSubjects: [`repo:acme/${"x".repeat(117)}`] })).toHaveLength(3);
  });

  it("of Azure DevOps needs its issuer, and says which field", () => {
    expect(() => ci(AZURE)).toThrow(UserError);
    expect(() => ci(AZURE)).toThrow(/delivery\.infrastructure\.issuer is missing/);
    expect(() => ci({ ...AZURE, issuer: "https://evil.example" })).toThrow(/delivery\.infrastructure\.issuer/);
  });

  it("of Azure DevOps is known by its service connection", () => {
    const issuer = "https://vstoken.dev.azure.com/1b2c3d4e-0000-4000-8000-000000000001";
    expect(subjects({ ...AZURE, issuer })).toEqual(["sc://acme/ml/deploy"]);
    expect(only(ci({ ...AZURE, issuer }), "google_iam_workload_identity_pool_provider")).toMatchObject({
      attribute_condition: "assertion.sub == 'sc://acme/ml/deploy'",
      oidc: { issuer_uri: issuer, allowed_audiences: ["api://AzureADTokenExchange"] },
    });
  });

  it("of Azure DevOps with tokens of Entra is known by the ids at the end of their subjects", () => {
    expect(() => ci({ ...AZURE, issuer: ENTRA })).toThrow(/no subject may deploy.*applySubjects/);
    const props = { ...AZURE, issuer: ENTRA, applySubjects: ["organisation-id/connection-id"] };
    expect(subjects(props)).toEqual(["organisation-id/connection-id"]);
    expect(only(ci(props), "google_iam_workload_identity_pool_provider")).toMatchObject({
      attribute_mapping: { "google.subject": "assertion.sub.split('/sc/')[1]" },
      attribute_condition:
        "assertion.sub.contains('/a/rISbSSETf0KqFyZ8ppdXmA/sc/') && " +
        "(assertion.sub.split('/sc/')[1] == 'organisation-id/connection-id')",
    });
  });

  it("gives each identity its table of roles, without basic ones and without those of parts that are off", () => {
    const everything = rolesOf(PRODUCTION, "apply").map(({ role }) => role);
    expect(everything).toEqual(expect.arrayContaining(Object.keys(APPLY_ROLES)));
    expect(rolesOf(PRODUCTION, "plan").map(({ role }) => role)).toEqual(
      expect.arrayContaining(Object.keys(PLAN_ROLES)),
    );
    const few = rolesOf({ ...PRODUCTION, features: NONE }, "apply").map(({ role }) => role);
    expect(few).not.toContain("roles/composer.admin");
    for (const role of everything) expect(role).not.toMatch(/^roles\/(owner|editor|viewer|iam\.securityAdmin)$/);
  });

  it("lets the one that plans read no data: objects only of the bundled pipelines, no logs, no secrets", () => {
    const roles = Object.keys(PLAN_ROLES);
    for (const role of roles)
      expect(role).not.toMatch(/secretAccessor|logging\.|objectViewer|\.dataViewer|editor|admin/i);
    for (const permission of PLAN_PERMISSIONS) expect(permission).toMatch(/\.(get|list)$/);
    const objects = rolesOf(PRODUCTION, "plan").filter(({ role }) => String(role).includes("object"));
    expect(objects).toEqual([
      expect.objectContaining({
        condition: expect.objectContaining({
          expression: expect.stringContaining(
            `projects/_/buckets/${new GcpEstate(PRODUCTION).bucket("packages")}/objects/`,
          ),
        }),
      }),
    ]);
  });

  it("lets the one that deploys give only listed roles on the project, ten to a condition", () => {
    const granting = rolesOf(PRODUCTION, "apply").filter(({ role }) => String(role).includes("projectIamAdmin"));
    const lists = granting.map(({ condition }) =>
      String((condition as Record<string, unknown>).expression)
        .match(
          /^api\.getAttribute\('iam\.googleapis\.com\/modifiedGrantsByRole', \[\]\)\.hasOnly\(\[('[\w./]+'(?:, '[\w./]+')*)\]\)$/,
        )?.[1]
        ?.split(", "),
    );
    expect(lists.flat().sort()).toEqual(GRANTABLE_ROLES.map((role) => `'${role}'`).sort());
    for (const list of lists) expect(list?.length).toBeLessThanOrEqual(10);
  });

  it("cannot give itself more: neither custom roles nor the federation are its to change", () => {
    const roles: string[] = [...Object.keys(APPLY_ROLES), ...GRANTABLE_ROLES];
    for (const role of roles) {
      expect(role).not.toMatch(
        /roleAdmin|workloadIdentityPoolAdmin|securityAdmin$(?<!compute\.securityAdmin)|TokenCreator/,
      );
    }
    for (const permission of APPLY_PERMISSIONS) {
      expect(permission).not.toMatch(/serviceAccountKeys|getAccessToken|signBlob|signJwt|versions\.access|iam\.roles/);
    }
  });

  it("reaches the states of its environment only, one of them to read", () => {
    const grants = resources(ci(), "google_storage_bucket_iam_member");
    expect(grants.map(({ role }) => role).sort()).toEqual(["roles/storage.objectUser", "roles/storage.objectViewer"]);
    for (const { bucket, condition } of grants) {
      expect(bucket).toBe(new GcpEstate(PRODUCTION).stateBucket);
      expect(condition).toMatchObject({
        expression: expect.stringContaining(`/buckets/${bucket}/objects/gcp/test/')`),
      });
    }
    expect(
      resources(ci(GITHUB, { ...PRODUCTION, backend: { type: "local" } }), "google_storage_bucket_iam_member"),
    ).toEqual([]);
  });
});
