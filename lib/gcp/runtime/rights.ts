/** Rights of whoever deploys, from what is deployed. One permission a row stands for the role that holds its kin. */
import type { GcpFeatures, GcpSettings } from "../parts/settings";

/** A permission, and a predefined role that holds it. */
export interface Right {
  readonly permission: string;
  readonly role: string;
}

const right = (permission: string, role: string): Right => ({ permission, role: `roles/${role}` });

/**
 * Permissions and roles: https://cloud.google.com/iam/docs/roles-permissions. Only such as can be tested on a project
 * are listed.
 */
const ALWAYS: readonly Right[] = [
  right("serviceusage.services.enable", "serviceusage.serviceUsageAdmin"),
  right("resourcemanager.projects.setIamPolicy", "resourcemanager.projectIamAdmin"),
  right("iam.serviceAccounts.create", "iam.serviceAccountAdmin"),
  right("iam.serviceAccounts.actAs", "iam.serviceAccountUser"),
  right("iam.workloadIdentityPools.create", "iam.workloadIdentityPoolAdmin"),
  right("iam.roles.create", "iam.roleAdmin"),
  right("secretmanager.secrets.create", "secretmanager.admin"),
  right("storage.buckets.create", "storage.admin"),
  right("artifactregistry.repositories.create", "artifactregistry.admin"),
  right("cloudsql.instances.create", "cloudsql.admin"),
  right("pubsub.topics.create", "pubsub.admin"),
  right("bigquery.datasets.create", "bigquery.admin"),
  right("run.services.create", "run.admin"),
  right("aiplatform.endpoints.create", "aiplatform.admin"),
  right("cloudbuild.builds.create", "cloudbuild.builds.editor"),
  right("cloudscheduler.jobs.create", "cloudscheduler.admin"),
  right("monitoring.alertPolicies.create", "monitoring.admin"),
  right("logging.sinks.create", "logging.admin"),
  right("dns.managedZones.create", "dns.admin"),
];
const OWN_NETWORK: readonly Right[] = [
  right("compute.networks.create", "compute.networkAdmin"),
  right("compute.firewalls.create", "compute.securityAdmin"),
  right("servicenetworking.services.addPeering", "compute.networkAdmin"),
];
const OWN_CLUSTER: readonly Right[] = [right("container.clusters.create", "container.admin")];
const OWN_KEYS: readonly Right[] = [right("cloudkms.cryptoKeys.create", "cloudkms.admin")];
const BY_FEATURE: Readonly<Partial<Record<keyof GcpFeatures, readonly Right[]>>> = {
  notebooks: [right("notebooks.instances.create", "notebooks.admin")],
  workflowEngine: [right("composer.environments.create", "composer.admin")],
  dataIntegration: [right("datafusion.instances.create", "datafusion.admin")],
};

/** What is needed for this environment. */
export function permissionsFor({ existing, ownKeys, features }: GcpSettings): readonly Right[] {
  const switched = (Object.keys(BY_FEATURE) as (keyof GcpFeatures)[]).filter((name) => features[name]);
  return [
    ...ALWAYS,
    ...(existing.network === undefined ? OWN_NETWORK : []),
    ...(existing.cluster === undefined ? OWN_CLUSTER : []),
    ...(ownKeys ? OWN_KEYS : []),
    ...switched.flatMap((name) => BY_FEATURE[name] ?? []),
  ];
}
