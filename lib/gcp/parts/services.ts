/** The APIs that an environment uses, with the reason. Pure data; does not load the engine. */
import type { GcpFeatures } from "./settings";

/** Why an API is enabled, and when. */
interface ServiceUse {
  /** Always, or with one of the switches. */
  readonly when: "always" | keyof GcpFeatures;
  readonly reason: string;
}

const always = (reason: string) => ({ when: "always", reason }) as const;

/** By name, see https://cloud.google.com/service-usage/docs/list-services. */
export const SERVICES = {
  "aiplatform.googleapis.com": always("pipelines, custom jobs, endpoints, features and TensorBoard of Vertex AI"),
  "artifactregistry.googleapis.com": always("images, pipeline packages and Python packages"),
  "bigquery.googleapis.com": always("tables of features and of prediction logs"),
  "billingbudgets.googleapis.com": always("the budget and its alerts"),
  "binaryauthorization.googleapis.com": always("only attested images run in the cluster"),
  "cloudbuild.googleapis.com": always("triggers by branch and their builds"),
  "cloudkms.googleapis.com": always("keys"),
  "cloudresourcemanager.googleapis.com": always("access rules of the project"),
  "cloudscheduler.googleapis.com": always("schedules of retraining"),
  "compute.googleapis.com": always("the network, nodes, plain instances"),
  "container.googleapis.com": always("the Kubernetes cluster"),
  "containeranalysis.googleapis.com": always("attestations and findings of images"),
  // Image streaming needs the one, the security posture the other: their how-tos in the documentation of GKE.
  "containerfilesystem.googleapis.com": always("nodes start containers while their images still load"),
  "containerscanning.googleapis.com": always("images are scanned when they are pushed"),
  "containersecurity.googleapis.com": always("the cluster's security posture is looked at"),
  "dns.googleapis.com": always("private names of Google's services, the host of predictions"),
  "eventarc.googleapis.com": always("new objects start retraining"),
  "iam.googleapis.com": always("accounts of workloads, federation of CI"),
  "iamcredentials.googleapis.com": always("federated identities become accounts"),
  "logging.googleapis.com": always("logs, sinks and metrics of logs"),
  "monitoring.googleapis.com": always("alerts, dashboards and objectives"),
  "orgpolicy.googleapis.com": always("which models the project may use, where the config names some"),
  "pubsub.googleapis.com": always("the retrain topic"),
  "run.googleapis.com": always("tracking, QA and the pipeline trigger"),
  "secretmanager.googleapis.com": always("secrets"),
  "securesourcemanager.googleapis.com": always("Google's own source host, where delivery names it"),
  "servicenetworking.googleapis.com": always("the database's private address"),
  "serviceusage.googleapis.com": always("everything else here is enabled through it"),
  "sqladmin.googleapis.com": always("the metadata database"),
  "storage.googleapis.com": always("buckets"),
  "sts.googleapis.com": always("tokens of CI are exchanged"),
  "composer.googleapis.com": { when: "workflowEngine", reason: "Airflow" },
  "dataflow.googleapis.com": { when: "dataProcessing", reason: "Beam jobs that a step starts" },
  "datafusion.googleapis.com": { when: "dataIntegration", reason: "Data Fusion" },
  // Data Fusion runs its pipelines on Dataproc as well: see servicesFor.
  "dataproc.googleapis.com": { when: "dataProcessing", reason: "Spark jobs that a step starts" },
  "notebooks.googleapis.com": { when: "notebooks", reason: "Workbench instances" },
} as const satisfies Readonly<Record<string, ServiceUse>>;

/** Name of an API. */
export type ServiceName = keyof typeof SERVICES;

/** What another API cannot work without, beyond what it says itself. */
const NEEDS: Partial<Readonly<Record<ServiceName, readonly ServiceName[]>>> = {
  "datafusion.googleapis.com": ["dataproc.googleapis.com"],
};

/** The APIs of an environment with these switches, sorted. */
export function servicesFor(features: GcpFeatures): readonly ServiceName[] {
  const names = Object.keys(SERVICES) as ServiceName[];
  const chosen = names.filter((name) => {
    const { when } = SERVICES[name];
    return when === "always" || features[when];
  });
  return [...new Set(chosen.flatMap((name) => [name, ...(NEEDS[name] ?? [])]))].sort();
}
