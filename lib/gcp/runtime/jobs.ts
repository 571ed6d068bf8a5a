/** Jobs that finish a deployment: rights inside databases, which Terraform cannot give from outside the network. */

import { LAYERS } from "../../contracts/layers";
import type { PartChange, Progress } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { type Json, object, text } from "../../core/json";
import { GcpNames } from "../parts/names";
import { forPurpose } from "./client";
import type { GcpContext } from "./context";

/** How long a run may take, in seconds. */
const PATIENCE = 900;

/** Runs every job of the deployed layers that has not ended well since it was last changed, and waits for it. */
export async function runJobs(context: GcpContext, progress: Progress): Promise<readonly PartChange[]> {
  const { client, settings } = context;
  const { project, region } = settings;
  const viewing = { what: "the jobs cannot be listed", project, permission: "run.jobs.list", role: "roles/run.viewer" };
  const path = `projects/${project}/locations/${region}/jobs`;
  const all = await forPurpose(viewing, () => client.list("run", path, "jobs"));
  const names = new GcpNames(settings);
  const wanted = new Set(LAYERS.map((layer) => names.databaseAccessJob(layer)));
  const jobs = all.filter((job) => wanted.has(short(job)));
  const changes: PartChange[] = [];
  for (const job of jobs) {
    if (endedWell(job)) {
      changes.push({ part: short(job), change: "unchanged" });
      continue;
    }
    progress(`running the job ${short(job)}`);
    await run(context, job);
    changes.push({ part: short(job), change: "started" });
  }
  return changes;
}

function short({ name }: Json): string {
  return text(name).split("/").at(-1) ?? "";
}

/** Its newest run ended well, and began after the job became what it is. */
function endedWell({ latestCreatedExecution, updateTime }: Json): boolean {
  const last = object(latestCreatedExecution);
  if (text(last?.completionStatus) !== "EXECUTION_SUCCEEDED") return false;
  return Date.parse(text(last?.createTime)) >= Date.parse(text(updateTime));
}

async function run({ client, settings }: GcpContext, job: Json): Promise<void> {
  const { project, region } = settings;
  const name = text(job.name);
  const what = `the job ${short(job)} cannot be run`;
  const purpose = { what, project, permission: "run.jobs.run", role: "roles/run.invoker" };
  const logs = `gcloud run jobs executions list --job=${short(job)} --region=${region} --project=${project}`;
  await forPurpose(purpose, async () => {
    const operation = await client.post("run", `${name}:run`);
    const execution = text(object(operation.metadata)?.name);
    const ended = await client.until(async () => {
      const row = await client.get("run", execution || text(operation.name));
      return row.completionTime || row.done === true ? row : null;
    }, PATIENCE);
    if (ended === null) {
      throw new UserError({ where: short(job), message: `no end after ${PATIENCE / 60} minutes`, fix: `See ${logs}` });
    }
    if (Number(ended.failedCount ?? 0) > 0 || object(ended.error) !== undefined) {
      const fix = `See ${logs}; the same command runs it again`;
      throw new UserError({ where: short(job), message: "the job failed: rights inside a database are not set", fix });
    }
  });
}
