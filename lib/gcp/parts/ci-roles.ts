/**
 * What the two identities of CI may do in the project, with the reason. Pure data; does not load the engine.
 * Roles and their permissions: https://cloud.google.com/iam/docs/roles-permissions
 */
import type { GcpFeatures } from "./settings";

/** Why a role is needed, and with which switch. */
interface RoleUse {
  readonly reason: string;
  /** @default - always */
  readonly when?: keyof GcpFeatures;
}

type RoleTable = Readonly<Record<`roles/${string}`, RoleUse>>;

/** Reads what is there, to compare it with the config: settings and access rules, no data, no logs, no secrets. */
export const PLAN_ROLES = {
  "roles/aiplatform.viewer": { reason: "endpoints, features, TensorBoard" },
  "roles/artifactregistry.reader": { reason: "repositories" },
  "roles/bigquery.metadataViewer": { reason: "datasets and tables, not their rows" },
  "roles/binaryauthorization.policyViewer": { reason: "the policy of images" },
  "roles/browser": { reason: "the project itself" },
  "roles/cloudbuild.builds.viewer": { reason: "triggers" },
  "roles/cloudbuild.connectionViewer": { reason: "connections to repositories" },
  "roles/cloudbuild.workerPoolViewer": { reason: "private build machines" },
  "roles/cloudkms.viewer": { reason: "keys, not their use" },
  "roles/cloudscheduler.viewer": { reason: "schedules" },
  "roles/cloudsql.viewer": { reason: "the database server, its databases and users" },
  "roles/composer.viewer": { reason: "Airflow", when: "workflowEngine" },
  "roles/compute.viewer": { reason: "network, addresses, instances" },
  "roles/container.clusterViewer": { reason: "the cluster and its pools, nothing inside it" },
  "roles/datafusion.viewer": { reason: "Data Fusion", when: "dataIntegration" },
  "roles/dataproc.viewer": { reason: "autoscaling policies and batches", when: "dataProcessing" },
  "roles/dns.reader": { reason: "zones and records" },
  "roles/eventarc.viewer": { reason: "event triggers" },
  "roles/iam.roleViewer": { reason: "custom roles" },
  "roles/iam.securityReviewer": { reason: "access rules of every kind of resource" },
  "roles/iam.serviceAccountViewer": { reason: "accounts of workloads" },
  "roles/iam.workloadIdentityPoolViewer": { reason: "the federation of CI" },
  "roles/monitoring.viewer": { reason: "alerts, dashboards, objectives" },
  "roles/notebooks.viewer": { reason: "Workbench", when: "notebooks" },
  "roles/orgpolicy.policyViewer": { reason: "which models the project may use" },
  "roles/pubsub.viewer": { reason: "topics and subscriptions, not their messages" },
  "roles/run.viewer": { reason: "services and jobs" },
  "roles/secretmanager.viewer": { reason: "secrets' settings, not their values" },
  "roles/securesourcemanager.viewer": { reason: "the source repository" },
  "roles/servicenetworking.viewer": { reason: "the connection to managed services" },
  "roles/serviceusage.serviceUsageConsumer": { reason: "enabled APIs; calls count against the project's quota" },
  "roles/storage.bucketViewer": { reason: "buckets, not their objects" },
} as const satisfies RoleTable;

/** Settings of logs: every predefined role that reads them reads the logs as well. */
export const PLAN_PERMISSIONS = [
  "logging.buckets.get",
  "logging.buckets.list",
  "logging.exclusions.get",
  "logging.exclusions.list",
  "logging.logMetrics.get",
  "logging.logMetrics.list",
  "logging.sinks.get",
  "logging.sinks.list",
] as const;

/**
 * Makes what the layers are made of. Not in it: what CI itself may do (custom roles, the federation, the roles below).
 * Those are changed by the person who runs `mlops bootstrap` and deploys the foundation, never by CI.
 */
export const APPLY_ROLES = {
  "roles/aiplatform.admin": { reason: "endpoints, features, TensorBoard" },
  "roles/artifactregistry.admin": { reason: "repositories and who reads them" },
  "roles/bigquery.dataOwner": { reason: "datasets, tables and who reads them" },
  "roles/binaryauthorization.policyEditor": { reason: "which images may run" },
  "roles/browser": { reason: "the project itself" },
  "roles/cloudbuild.builds.editor": { reason: "triggers" },
  "roles/cloudbuild.connectionAdmin": { reason: "connections to repositories" },
  "roles/cloudbuild.workerPoolOwner": { reason: "private build machines" },
  "roles/cloudkms.admin": { reason: "keys and who uses them; it cannot use them itself" },
  "roles/cloudscheduler.admin": { reason: "schedules" },
  "roles/cloudsql.admin": { reason: "the database server, its databases and users" },
  "roles/composer.admin": { reason: "Airflow", when: "workflowEngine" },
  "roles/compute.instanceAdmin.v1": { reason: "plain instances" },
  "roles/compute.networkAdmin": { reason: "network, subnets, routes, addresses" },
  "roles/compute.securityAdmin": { reason: "firewall" },
  "roles/container.admin": { reason: "the cluster, its pools and what is inside it" },
  "roles/datafusion.admin": { reason: "Data Fusion", when: "dataIntegration" },
  "roles/dataproc.admin": { reason: "autoscaling policies and batches", when: "dataProcessing" },
  "roles/dns.admin": { reason: "zones and records" },
  "roles/eventarc.admin": { reason: "event triggers" },
  "roles/iam.roleViewer": { reason: "custom roles are compared" },
  "roles/iam.securityReviewer": { reason: "access rules are compared" },
  "roles/iam.workloadIdentityPoolViewer": { reason: "the federation of CI is compared" },
  "roles/logging.configWriter": { reason: "sinks, buckets and metrics of logs" },
  "roles/monitoring.editor": { reason: "alerts, dashboards, objectives" },
  "roles/notebooks.admin": { reason: "Workbench", when: "notebooks" },
  "roles/orgpolicy.policyViewer": { reason: "which models the project may use is compared" },
  "roles/pubsub.admin": { reason: "topics, subscriptions and who uses them" },
  "roles/run.admin": { reason: "services, jobs and who calls them" },
  "roles/securesourcemanager.admin": { reason: "the source repository" },
  "roles/servicenetworking.networksAdmin": { reason: "the connection to managed services" },
  "roles/serviceusage.serviceUsageAdmin": { reason: "APIs are enabled; calls count against the project's quota" },
  "roles/storage.admin": { reason: "buckets, who uses them, bundled pipelines" },
} as const satisfies RoleTable;

/**
 * Accounts and secrets: the predefined roles that make them also make keys of accounts or read values of secrets.
 * Whoever can make an account and say who acts as it can in the end act as any account of the project: that is what a
 * deployment is, and why only the protected environment of the repository gets this identity.
 */
export const APPLY_PERMISSIONS = [
  ...["actAs", "create", "delete", "get", "getIamPolicy", "list", "setIamPolicy", "undelete", "update"].map(
    (verb) => `iam.serviceAccounts.${verb}`,
  ),
  ...["create", "delete", "get", "getIamPolicy", "list", "setIamPolicy", "update"].map(
    (verb) => `secretmanager.secrets.${verb}`,
  ),
  ...["add", "destroy", "disable", "enable", "get", "list"].map((verb) => `secretmanager.versions.${verb}`),
] as const;

/**
 * The only roles that a deployment may give to anybody in the whole project. None of them can give roles on the project in
 * turn, nor make tokens or keys of accounts. A role that a construct grants on the project and that is missing here fails
 * in CI, so a test compares the two; it also names those that no construct grants any more.
 */
export const GRANTABLE_ROLES = [
  "roles/aiplatform.featurestoreDataViewer",
  "roles/aiplatform.user",
  "roles/bigquery.jobUser",
  "roles/cloudbuild.workerPoolUser",
  "roles/cloudsql.client",
  "roles/cloudsql.instanceUser",
  "roles/composer.worker",
  "roles/container.defaultNodeServiceAccount",
  "roles/dataflow.developer",
  "roles/dataflow.worker",
  "roles/datafusion.runner",
  "roles/dataproc.editor",
  "roles/dataproc.worker",
  "roles/eventarc.eventReceiver",
  "roles/logging.logWriter",
  "roles/monitoring.metricWriter",
  "roles/pubsub.publisher",
] as const;

/** The roles of a table that these switches ask for. */
export function rolesOf(table: RoleTable, features: GcpFeatures): readonly string[] {
  return Object.entries(table).flatMap(([role, { when }]) => (when === undefined || features[when] ? [role] : []));
}
