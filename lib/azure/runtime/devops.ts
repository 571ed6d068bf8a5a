/** Azure DevOps, where Azure Pipelines run: that its project can be reached, and is connected to the source. */
import type { Check } from "../../contracts/operator";
import { text } from "../../core/json";
import { ApiError } from "./api-error";
import type { AzureContext } from "./context";

const LOGIN =
  "Set AZDO_PERSONAL_ACCESS_TOKEN, or log in to Azure as somebody whom the organisation knows (az login, or a service principal that was added to it)";

/** A connection to a host of sources is authorised by a person, in a browser, once (https://learn.microsoft.com/en-us/azure/devops/pipelines/library/service-endpoints). */
export async function devopsChecks({ client, settings }: AzureContext): Promise<readonly Check[]> {
  const { devops } = settings;
  if (devops === undefined) return [];
  const { organisation, project, projectId, sourceConnection } = devops;
  const check = "Azure DevOps";
  const page = `https://dev.azure.com/${organisation}/${encodeURIComponent(project)}`;
  try {
    const found = await client.devops(`${organisation}/_apis/projects/${projectId}`);
    if (found === null) {
      const fix = `Write the id that az devops project show --organization https://dev.azure.com/${organisation} --project ${project} --query id prints as clouds.azure.devops.projectId`;
      return [{ check, ok: false, message: `${organisation} has no project with the id ${projectId}`, fix }];
    }
    const name = text(found.name);
    if (name !== "" && name !== project) {
      const fix = `Write project: ${name}, or the id of ${project}`;
      return [{ check, ok: false, message: `the project ${projectId} is called ${name}, not ${project}`, fix }];
    }
    const here: Check = { check, ok: true, message: `${organisation}/${project} is reached`, fix: null };
    if (sourceConnection === undefined) return [here];
    return [here, await connectionCheck({ client, page, path: `${organisation}/${projectId}`, id: sourceConnection })];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const denied = error.status === 401 || error.status === 403;
    const message = denied ? `${organisation} does not let this login in` : `${organisation}: ${error.words}`;
    // Only the delivery layer talks to it.
    return [{ check, ok: true, warning: true, message, fix: denied ? LOGIN : `See whether ${page} opens` }];
  }
}

async function connectionCheck({
  client,
  page,
  path,
  id,
}: Pick<AzureContext, "client"> & {
  readonly page: string;
  readonly path: string;
  readonly id: string;
}): Promise<Check> {
  const check = "source connection";
  const settings = `${page}/_settings/adminservices`;
  const found = await client.devops(`${path}/_apis/serviceendpoint/endpoints/${id}`);
  if (found === null || text(found.id) === "") {
    const fix = `A person connects the source host at ${settings}, and writes the connection's id as clouds.azure.devops.sourceConnection`;
    return { check, ok: false, message: `there is no service connection ${id} in the project`, fix };
  }
  const name = text(found.name) || id;
  if (found.isReady === false) {
    const message = `${name} waits for a person: no pipeline starts before`;
    return { check, ok: true, warning: true, message, fix: `Authorise it at ${settings}` };
  }
  return { check, ok: true, message: `${name} (${text(found.type) || "source"}) is authorised`, fix: null };
}
