/** APIs that have to be enabled before Terraform's first run. */
import { UserError } from "../../core/errors";
import { type Json, object, text } from "../../core/json";
import type { Pending, Setup } from "./bootstrap";
import { forPurpose } from "./client";

/**
 * Without these no plan runs: Terraform asks for the project, enables the other APIs in the foundation layer, and keeps
 * its state in Cloud Storage.
 */
export const TERRAFORMS_APIS = [
  "cloudresourcemanager.googleapis.com",
  "iam.googleapis.com",
  "serviceusage.googleapis.com",
  "storage.googleapis.com",
] as const;

/** One request takes so many (https://cloud.google.com/service-usage/docs/reference/rest/v1/services/batchEnable). */
const AT_ONCE = 20;
/** How long Google may take, in seconds. */
const PATIENCE = 300;

/** Enables those that are not. */
export async function apiActions(setup: Setup, wanted: readonly string[]): Promise<Pending> {
  const { client, settings } = setup;
  const { project } = settings;
  const names = [...new Set(wanted)].sort();
  const purpose = {
    what: "cannot see which APIs are enabled",
    project,
    permission: "serviceusage.services.get",
    role: "roles/serviceusage.serviceUsageViewer",
  };
  const states = await forPurpose(purpose, () =>
    Promise.all(names.map((name) => client.get("serviceUsage", `projects/${project}/services/${name}`))),
  );
  const items = names.filter((_, index) => states[index]?.state !== "ENABLED");
  if (items.length === 0) {
    return { action: "APIs", state: "there", detail: `${names.length} enabled`, items, work: async () => {} };
  }
  const detail = `enable ${items.length} of ${names.length}`;
  return { action: "APIs", state: "create", detail, items, work: () => enable(setup, items) };
}

async function enable(setup: Setup, missing: readonly string[]): Promise<void> {
  const { project } = setup.settings;
  const what = "the APIs cannot be enabled";
  const role = "roles/serviceusage.serviceUsageAdmin";
  const purpose = { what, project, permission: "serviceusage.services.enable", role };
  for (let from = 0; from < missing.length; from += AT_ONCE) {
    const serviceIds = missing.slice(from, from + AT_ONCE);
    await forPurpose(purpose, async () => {
      const path = `projects/${project}/services:batchEnable`;
      await finished(setup, await setup.client.post("serviceUsage", path, { serviceIds }), what);
    });
  }
}

/** Waits for an operation of Service Usage; what it says of its failure is an error. */
export async function finished({ client, settings }: Setup, operation: Json, what: string): Promise<void> {
  const id = text(operation.name).split("/").at(-1) ?? "";
  const look = async () => {
    const now = await client.get("serviceUsage", `operations/${id}`);
    return now.done === true ? now : null;
  };
  const ended = operation.done === true || id === "" ? operation : await client.until(look, PATIENCE);
  const failed = object(ended?.error);
  if (ended !== null && failed === undefined) return;
  const message = failed === undefined ? `no end after ${PATIENCE} s` : text(failed.message);
  const fix = /billing/i.test(message)
    ? `Link a billing account: gcloud billing projects link ${settings.project} --billing-account=ACCOUNT`
    : "Run again: what was done stays done";
  throw new UserError({ where: `project ${settings.project}`, message: `${what}: ${message}`, fix });
}
