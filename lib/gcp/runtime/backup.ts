/** A backup of the metadata database on demand, made and kept by Cloud SQL. */
import type { Progress } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { object, objects, text } from "../../core/json";
import { labelValue } from "../../core/labels";
import { forPurpose } from "./client";
import type { GcpContext } from "./context";

/** How long it may take, in seconds. */
const PATIENCE = 3600;

/** Saves every database instance of the environment. The path is what `gcloud sql backups` calls it. */
export async function backupDatabases(
  context: GcpContext,
  progress: Progress,
): Promise<{ readonly path: string; readonly bytes: number }> {
  const { client, settings } = context;
  const { project, environment } = settings;
  const viewing = {
    what: "the databases cannot be listed",
    project,
    permission: "cloudsql.instances.list",
    role: "roles/cloudsql.viewer",
  };
  const rows = await forPurpose(viewing, () => client.list("sql", `projects/${project}/instances`, "items"));
  const wanted = labelValue("gcp", environment);
  const names = rows.flatMap((row) =>
    object(object(row.settings)?.userLabels)?.environment === wanted ? [text(row.name)] : [],
  );
  if (names.length === 0) {
    const fix = `Run mlops deploy ${environment} --layer data`;
    throw new UserError({ where: `environment ${environment}`, message: "there is no database to save", fix });
  }
  const saved: { path: string; bytes: number }[] = [];
  for (const name of names) saved.push(await backup(context, name, progress));
  return { path: saved.map(({ path }) => path).join("\n"), bytes: saved.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function backup({ client, settings }: GcpContext, instance: string, progress: Progress) {
  const { project } = settings;
  const base = `projects/${project}/instances/${instance}`;
  const purpose = {
    what: `${instance} cannot be saved`,
    project,
    permission: "cloudsql.backupRuns.create",
    role: "roles/cloudsql.editor",
  };
  return forPurpose(purpose, async () => {
    progress(`${instance}: Cloud SQL makes a backup`);
    const description = "mlops backup";
    const operation = await client.post("sql", `${base}/backupRuns`, { description });
    const ended = await client.until(async () => {
      const now = await client.get("sql", `projects/${project}/operations/${text(operation.name)}`);
      return text(now.status) === "DONE" ? now : null;
    }, PATIENCE);
    if (ended === null)
      throw new UserError({
        where: instance,
        message: `no end after ${PATIENCE / 60} minutes`,
        fix: listing(instance, project),
      });
    const [error] = objects(object(ended.error)?.errors);
    if (error)
      throw new UserError({
        where: instance,
        message: text(error.message) || text(error.code),
        fix: listing(instance, project),
      });
    const id = text(object(ended.backupContext)?.backupId);
    const made = id === "" ? null : await client.find("sql", `${base}/backupRuns/${id}`);
    return { path: `${base}/backupRuns/${id}`, bytes: Number(made?.maxChargeableBytes ?? 0) };
  });
}

const listing = (instance: string, project: string) =>
  `See gcloud sql backups list --instance=${instance} --project=${project}`;
