import type { DeliveryProps } from "../contracts/delivery";
import { UserError } from "../core/errors";
import { organisationUri } from "./azuredevops";
import type { AzureDevOps } from "./parts/settings";

type Source = NonNullable<DeliveryProps["source"]>;

/** A repository as Azure Pipelines see it. */
export interface SourceConnection {
  readonly repoType: "GitHub" | "Bitbucket" | "TfsGit";
  /** `owner/repository`, or the id in Azure Repos. */
  readonly repoId: string;
  /** Id of the service connection to the host; Azure Repos need none. */
  readonly connection?: string;
  /** Address of the connection, or of the repository itself. */
  readonly uri: string;
}

const TYPES = { github: "GitHub", bitbucket: "Bitbucket" } as const;

/**
 * The repository that pipelines are triggered by. On GitHub and Bitbucket it is reached by a service connection that a person
 * has authorised there: nobody else can, so it is no resource of the estate, only its id is.
 * https://learn.microsoft.com/en-us/azure/devops/pipelines/repos/
 */
export function sourceConnection({ host, repository, connection }: Source, devops: AzureDevOps): SourceConnection {
  const project = `${organisationUri(devops)}/${devops.projectId}`;
  if (host === "azureRepos") {
    const repoId = devops.repositoryId;
    if (repoId === undefined) {
      throw new UserError({
        where: "clouds.azure.devops.repositoryId",
        message: "is missing; delivery.source.host is azureRepos, whose repositories are known by their id",
        fix: `az repos show --organization ${organisationUri(devops)} --project "${devops.project}" --repository ${repository.split("/").at(-1)} --query id`,
      });
    }
    return { repoType: "TfsGit", repoId, uri: `${project}/_apis/git/repositories/${repoId}` };
  }
  if (host !== "github" && host !== "bitbucket") {
    throw new UserError({
      where: "delivery.source.host",
      message: `is ${host}, which Azure Pipelines read no pipeline files from`,
      fix: "Use github, bitbucket or azureRepos with cloud: azure; or mirror the repository into one of them",
    });
  }
  const id = connection ?? devops.sourceConnection;
  if (id === undefined) {
    throw new UserError({
      where: "clouds.azure.devops.sourceConnection",
      message: `is missing; delivery.source.host is ${host}, which a person has to let Azure DevOps into`,
      fix: `Make a service connection to ${TYPES[host]} in the project's settings, and write its id`,
    });
  }
  return {
    repoType: TYPES[host],
    repoId: repository,
    connection: id,
    uri: `${project}/_apis/serviceendpoint/endpoints/${id}`,
  };
}
