/** What this version cannot do on Azure, and what does it instead. */
import type { OperatorVerb, Unavailable } from "../../contracts/operator";
import type { AzureNames } from "../parts/names";

/** The verbs that are lacking. Names are those of the environment, so that the commands can be copied. */
export function unavailableOn(names: AzureNames): Readonly<Partial<Record<OperatorVerb, Unavailable>>> {
  const { environment, devops } = names.settings;
  const { resourceGroup: group, databaseServer: server } = names;
  const studio = (page: string) => `https://ml.azure.com/${page}?wsid=${names.workspaceId}`;
  const inside = "needs a program inside the environment's network; this version has none on Azure";
  const pipelines =
    devops === undefined
      ? `the batch endpoint of the project: az ml batch-endpoint invoke --name ENDPOINT --workspace-name ${names.workspace} --resource-group ${group}`
      : `Azure Pipelines: az pipelines list --organization https://dev.azure.com/${devops.organisation} --project ${devops.project}`;
  return {
    stop: {
      message: "an estate on Azure is not stopped as a whole: what may scale to zero does so by itself",
      fix: `To save more: az aks stop and az postgres flexible-server stop --name ${server} --resource-group ${group} (Azure starts it again after seven days); mlops destroy ${environment} removes it`,
    },
    purge: {
      message: "data on Azure goes with the resources that hold it, and what Azure keeps for a while is never purged",
      fix: `Run mlops destroy ${environment}, without --purge; what is guarded is named with the setting that lifts the guard`,
    },
    restore: {
      message: "a database on Azure is put back as a new server beside the one that stands",
      fix:
        `See the backups: az postgres flexible-server backup list --name ${server} --resource-group ${group}; then ` +
        `az postgres flexible-server restore --source-server ${server} --name NEW --resource-group ${group} --restore-time TIME`,
    },
    ledger: {
      message: `the ledger's database has no public address: reading it ${inside}`,
      fix: `Runs are listed under ${studio("experiments")}`,
    },
    serving: { message: `a release from this command line ${inside}`, fix: `A release is started by ${pipelines}` },
    pipelines: {
      message: `running a pipeline from this command line ${inside}`,
      fix: `Send a message to the queue retrain, or start ${pipelines}`,
    },
    models: {
      message: `the model registry answers inside the environment's network only: reading it ${inside}`,
      fix: `See ${studio("model/list")}`,
    },
  };
}
