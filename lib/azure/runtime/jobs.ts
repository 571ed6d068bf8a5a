/** Jobs that finish a deployment: rights inside databases, which Terraform cannot give from outside the network. */
import { LAYERS } from "../../contracts/layers";
import type { PartChange, Progress } from "../../contracts/operator";
import { UserError } from "../../core/errors";
import { type Json, object, text } from "../../core/json";
import { forPurpose } from "./api-error";
import type { AzureContext } from "./context";

/** How long a run may take, in seconds. */
const PATIENCE = 900;
/** States that a run ends in, https://learn.microsoft.com/en-us/rest/api/resource-manager/containerapps/jobs-executions/list. */
const ENDED = ["Succeeded", "Failed", "Stopped", "Degraded"];

/** Runs every job of the deployed layers that has not ended well since it was last changed, and waits for it. */
export async function runJobs(context: AzureContext, progress: Progress): Promise<readonly PartChange[]> {
  const { client, names } = context;
  const scope = names.resourceGroupId;
  const viewing = { what: "the jobs cannot be listed", scope, action: "Microsoft.App/jobs/read", role: "Reader" };
  const all = await forPurpose(viewing, () => client.list("containerApps", `${scope}/providers/Microsoft.App/jobs`));
  const wanted = new Set(LAYERS.map((layer) => names.databaseAccessJob(layer)));
  const changes: PartChange[] = [];
  for (const job of all.filter(({ name }) => wanted.has(text(name)))) {
    const part = text(job.name);
    const runs = await forPurpose(viewing, () => client.list("containerApps", `${text(job.id)}/executions`));
    if (endedWell(job, runs)) {
      changes.push({ part, change: "unchanged" });
      continue;
    }
    progress(`running the job ${part}`);
    await run(context, job);
    changes.push({ part, change: "started" });
  }
  return changes;
}

/** Its newest run ended well, and began after the job became what it is. */
function endedWell({ systemData }: Json, runs: readonly Json[]): boolean {
  const [last] = runs
    .map(({ properties }) => object(properties) ?? {})
    .sort((a, b) => Date.parse(text(b.startTime)) - Date.parse(text(a.startTime)));
  if (last?.status !== "Succeeded") return false;
  return Date.parse(text(last.startTime)) >= Date.parse(text(object(systemData)?.lastModifiedAt));
}

async function run({ client, names }: AzureContext, job: Json): Promise<void> {
  const part = text(job.name);
  const id = text(job.id);
  const action = "Microsoft.App/jobs/start/action";
  const purpose = { what: `the job ${part} cannot be run`, scope: id, action, role: "Container Apps Jobs Operator" };
  const logs = `az containerapp job execution list --name ${part} --resource-group ${names.resourceGroup}`;
  await forPurpose(purpose, async () => {
    const execution = await started(client, id);
    const ended = await client.until(async () => {
      const row = await client.find("containerApps", `${id}/executions/${execution}`);
      const status = text(object(row?.properties)?.status);
      return ENDED.includes(status) ? status : null;
    }, PATIENCE);
    if (ended === null) {
      throw new UserError({ where: part, message: `no end after ${PATIENCE / 60} minutes`, fix: `See ${logs}` });
    }
    if (ended !== "Succeeded") {
      const fix = `See ${logs}; the same command runs it again`;
      throw new UserError({ where: part, message: "the job failed: rights inside a database are not set", fix });
    }
  });
}

/** Name of the run: given at once, or by the operation that starts it. */
async function started(client: AzureContext["client"], id: string): Promise<string> {
  const { answer, location } = await client.start("containerApps", `${id}/start`);
  const name = text(answer.name);
  if (name !== "" || location === "") return name;
  const found = await client.until(async () => {
    const now = text((await client.at("containerApps", location)).name);
    return now === "" ? null : now;
  }, PATIENCE);
  return found ?? "";
}
