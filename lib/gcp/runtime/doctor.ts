/** What must be right in a project before a plan is tried. */
import type { Check } from "../../contracts/operator";
import { objects, text } from "../../core/json";
import { lookedAt } from "../../core/looked-at";
import { GcpNames } from "../parts/names";
import { TERRAFORMS_APIS } from "./bootstrap-apis";
import { ApiError, apiProblem } from "./client";
import type { GcpContext } from "./context";
import { policyChecks } from "./organisation-policies";
import { checkNumber } from "./project";
import { quotaChecks } from "./quotas";
import { permissionsFor } from "./rights";
import { enabledApis } from "./services";
import { desiredBucket, differences } from "./state-bucket";

type Look = () => Promise<readonly Check[]>;

/** One entry per check. A project that cannot be reached ends it: everything below would say the same. */
export async function runDoctor(context: GcpContext): Promise<readonly Check[]> {
  const { environment } = context.settings;
  const bootstrap = `mlops bootstrap ${environment}`;
  const reach = await look(context, "project", async () => [await projectCheck(context)]);
  if (reach.some(({ ok }) => !ok)) return reach;
  const rows = await Promise.all([
    look(context, "billing", () => billingChecks(context)),
    look(context, "APIs", () => apiChecks(context, bootstrap)),
    look(context, "state bucket", () => stateChecks(context, bootstrap)),
    look(context, "rights", () => rightsChecks(context)),
    look(context, "quotas", () => quotaChecks(context.client, new GcpNames(context.settings), context.pools)),
    look(context, "organisation policies", () => policyChecks(context)),
    look(context, "source connection", () => connectionChecks(context)),
  ]);
  return [...reach, ...rows.flat()];
}

function look({ settings }: GcpContext, check: string, work: Look): Promise<readonly Check[]> {
  const purpose = {
    what: "cannot be looked at",
    project: settings.project,
    permission: "a right to look",
    role: "roles/viewer",
  };
  return lookedAt(check, work, (error) =>
    error instanceof ApiError ? { status: error.status, ...apiProblem(error, purpose) } : undefined,
  );
}

async function projectCheck({ client, settings }: GcpContext): Promise<Check> {
  await checkNumber(client, settings);
  return {
    check: "project",
    ok: true,
    message: `${settings.project} has the number ${settings.projectNumber}`,
    fix: null,
  };
}

async function billingChecks({ client, settings }: GcpContext): Promise<readonly Check[]> {
  const { project, billingAccount = "ACCOUNT" } = settings;
  const info = await client.find("billing", `projects/${project}/billingInfo`);
  if (info === null) {
    return [
      {
        check: "billing",
        ok: true,
        warning: true,
        message: "cannot be seen: the API cloudbilling.googleapis.com is not enabled",
        fix: null,
      },
    ];
  }
  if (info.billingEnabled === true)
    return [{ check: "billing", ok: true, message: `on, ${text(info.billingAccountName)}`, fix: null }];
  const fix = `gcloud billing projects link ${project} --billing-account=${billingAccount}`;
  return [{ check: "billing", ok: false, message: `${project} has no billing account`, fix }];
}

async function apiChecks(context: GcpContext, bootstrap: string): Promise<readonly Check[]> {
  const enabled = await enabledApis(context);
  const missing = TERRAFORMS_APIS.filter((name) => !enabled.has(name));
  const later = context.apis.filter((name) => !enabled.has(name) && !TERRAFORMS_APIS.some((own) => own === name));
  const first: Check =
    missing.length === 0
      ? {
          check: "APIs for Terraform",
          ok: true,
          message: `${TERRAFORMS_APIS.length} of ${TERRAFORMS_APIS.length} enabled`,
          fix: null,
        }
      : {
          check: "APIs for Terraform",
          ok: false,
          message: `not enabled: ${missing.join(", ")}`,
          fix: `Run ${bootstrap}`,
        };
  const message =
    later.length === 0
      ? `all ${context.apis.length} enabled`
      : `the foundation layer enables ${later.length} of ${context.apis.length}: ${later.join(", ")}`;
  return [first, { check: "APIs of the estate", ok: true, message, fix: null }];
}

async function stateChecks({ client, settings }: GcpContext, bootstrap: string): Promise<readonly Check[]> {
  const check = "state bucket";
  if (settings.backend.type === "local") {
    const fix = settings.production ? "Write backend: { type: gcs }" : null;
    return [
      { check, ok: true, warning: settings.production, message: "the state is kept in files of this workspace", fix },
    ];
  }
  const name = new GcpNames(settings).stateBucket;
  const found = await client.find("storage", `b/${name}`);
  if (found === null) return [{ check, ok: false, message: `there is no bucket ${name}`, fix: `Run ${bootstrap}` }];
  const owner = text(found.projectNumber);
  if (owner !== "" && owner !== settings.projectNumber) {
    return [
      {
        check,
        ok: false,
        message: `${name} belongs to the project number ${owner}`,
        fix: "Write another name as backend: { type: gcs, bucket: NAME }",
      },
    ];
  }
  const different = differences(found, desiredBucket(settings));
  if (different.length === 0) return [{ check, ok: true, message: `${name}, versioned and private`, fix: null }];
  return [
    { check, ok: true, warning: true, message: `${name} differs in ${different.join(", ")}`, fix: `Run ${bootstrap}` },
  ];
}

/** One request takes up to 100 permissions (https://cloud.google.com/resource-manager/reference/rest/v1/projects/testIamPermissions). */
async function rightsChecks({ client, settings }: GcpContext): Promise<readonly Check[]> {
  const wanted = permissionsFor(settings);
  const { project } = settings;
  const answer = await client.post("resourceManager", `projects/${project}:testIamPermissions`, {
    permissions: wanted.map(({ permission }) => permission),
  });
  const held = new Set(Array.isArray(answer.permissions) ? answer.permissions : []);
  const missing = wanted.filter(({ permission }) => !held.has(permission));
  if (missing.length === 0)
    return [{ check: "rights", ok: true, message: `${wanted.length} of ${wanted.length} permissions held`, fix: null }];
  const roles = [...new Set(missing.map(({ role }) => role))];
  return [
    {
      check: "rights",
      ok: false,
      message: `missing: ${missing.map(({ permission }) => permission).join(", ")}`,
      fix: `An owner of ${project} grants ${roles.join(", ")}: gcloud projects add-iam-policy-binding ${project} --member=user:YOU --role=ROLE`,
    },
  ];
}

/** A connection to a host of sources is authorised by a person, in a browser, once (https://cloud.google.com/build/docs/repositories). */
async function connectionChecks({ client, settings, source }: GcpContext): Promise<readonly Check[]> {
  if (source === undefined || source.host === "secureSourceManager") return [];
  const { project, region } = settings;
  const check = "source connection";
  const list = await client.list("build", `projects/${project}/locations/${region}/connections`, "connections");
  const short = (name: unknown) => text(name).split("/").at(-1) ?? "";
  const wanted = source.connection?.split("/").at(-1) ?? new GcpNames(settings).sourceConnection;
  const page = `https://console.cloud.google.com/cloud-build/connections?project=${project}`;
  const found = list.find(({ name }) => short(name) === wanted);
  if (found === undefined) {
    const fix = `A person connects ${source.host} at ${page}, with the region ${region} and the name ${wanted}: the delivery layer uses it, it does not make it`;
    return [{ check, ok: true, warning: true, message: `${wanted} is not in ${region} yet`, fix }];
  }
  const stage = text(objects([found.installationState])[0]?.stage) || "COMPLETE";
  if (stage === "COMPLETE") return [{ check, ok: true, message: `${short(found.name)} is authorised`, fix: null }];
  return [
    {
      check,
      ok: true,
      warning: true,
      message: `${short(found.name)} waits for a person (${stage}): no trigger starts before`,
      fix: `Authorise it at ${page}`,
    },
  ];
}
