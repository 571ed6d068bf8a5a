/** What this version cannot do on Google Cloud, and what does it instead. */
import type { OperatorVerb, Unavailable } from "../../contracts/operator";
import type { GcpNames } from "../parts/names";

/** The verbs that are lacking. Names are those of the environment, so that the commands can be copied. */
export function unavailableOn(names: GcpNames): Readonly<Partial<Record<OperatorVerb, Unavailable>>> {
  const { project, region, environment } = names.settings;
  const instance = names.databaseInstance;
  const console = (page: string) => `https://console.cloud.google.com/${page}?project=${project}`;
  const inside = "needs a program inside the environment's network; this version has none on Google Cloud";
  return {
    stop: {
      message: "nothing on Google Cloud is stopped for a while: what may scale to zero does so by itself",
      fix: `To save more, set pools' min to 0 and deploy; mlops destroy ${environment} removes it`,
    },
    purge: {
      message: "data on Google Cloud goes with the resources that hold it",
      fix: `Run mlops destroy ${environment}, without --purge; what is guarded is named with the setting that lifts the guard`,
    },
    restore: {
      message: "a database on Google Cloud is put back by Cloud SQL, and replaces what it holds now",
      fix:
        `See the backups: gcloud sql backups list --instance=${instance} --project=${project}; then ` +
        `gcloud sql backups restore BACKUP_ID --restore-instance=${instance} --project=${project}`,
    },
    ledger: {
      message: `the ledger's database has no public address: reading it ${inside}`,
      fix: `Runs are listed under ${console("vertex-ai/pipelines/runs")}`,
    },
    serving: {
      message: `a release from this command line ${inside}`,
      fix: `The Cloud Build triggers release: gcloud builds triggers list --region=${region} --project=${project}`,
    },
    pipelines: {
      message: `running a pipeline from this command line ${inside}`,
      fix: `Send a request to the retrain topic, or start the trigger: gcloud builds triggers list --region=${region} --project=${project}`,
    },
    models: {
      message: `the model registry answers inside the environment's network only: reading it ${inside}`,
      fix: `Open it through gcloud run services proxy, or see ${console("vertex-ai/models")}`,
    },
  };
}
