/** The bucket of Terraform's state. */
import { UserError } from "../../core/errors";
import { type Json, text } from "../../core/json";
import type { Pending, Setup } from "./bootstrap";
import { forPurpose } from "./client";
import { desiredBucket, differences } from "./state-bucket";

const ROLE = "roles/storage.admin";

/** The bucket as it stands; null when there is none. Throws when it is another project's. */
export async function findBucket({ client, names, settings }: Setup): Promise<Json | null> {
  const { project, projectNumber } = settings;
  const name = names.stateBucket;
  const what = `the bucket ${name} cannot be looked at; if it is another project's, write yours as backend.bucket`;
  const purpose = { what, project, permission: "storage.buckets.get", role: ROLE };
  const found = await forPurpose(purpose, () => client.find("storage", `b/${name}`));
  const owner = text(found?.projectNumber);
  if (owner === "" || owner === projectNumber) return found;
  throw new UserError({
    where: `bucket ${name}`,
    message: `it belongs to the project number ${owner}, not to ${project}`,
    fix: "Names of buckets are worldwide: write another one as backend: { type: gcs, bucket: NAME }",
  });
}

/** Makes it, or sets what differs. */
export function bucketAction({ client, names, settings }: Setup, found: Json | null): Pending {
  const { project, region } = settings;
  const name = names.stateBucket;
  const action = `state bucket ${name}`;
  const wanted = desiredBucket(settings);
  const detail = `in ${region}, versioned, access by IAM only, never public, old versions kept for 90 days, labelled`;
  if (found === null) {
    const permission = "storage.buckets.create";
    const purpose = { what: `the bucket ${name} cannot be made`, project, permission, role: ROLE };
    const body = { name, location: region.toUpperCase(), ...wanted };
    const work = () => forPurpose(purpose, () => client.post("storage", "b", body, { project })).then(ignore);
    return { action, state: "create", detail: `create ${detail}`, items: [], work };
  }
  const items = differences(found, wanted);
  if (items.length === 0) return { action, state: "there", detail, items, work: async () => {} };
  const purpose = {
    what: `the bucket ${name} cannot be changed`,
    project,
    permission: "storage.buckets.update",
    role: ROLE,
  };
  const work = () => forPurpose(purpose, () => client.patch("storage", `b/${name}`, wanted)).then(ignore);
  return { action, state: "update", detail: "set what differs", items, work };
}

/** Puts a label on it. */
export async function labelBucket({ client, names, settings }: Setup, labels: Json): Promise<void> {
  const name = names.stateBucket;
  const purpose = {
    what: `the bucket ${name} cannot be labelled`,
    project: settings.project,
    permission: "storage.buckets.update",
    role: ROLE,
  };
  await forPurpose(purpose, () => client.patch("storage", `b/${name}`, { labels }));
}

const ignore = () => undefined;
