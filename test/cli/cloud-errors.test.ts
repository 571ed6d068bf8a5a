import { cloudProblem } from "../../cli/cloud-errors";

const refusal = (text: string, address = "google_storage_bucket.Datasets") =>
  cloudProblem({
    text,
    address,
    folder: "/out/dev-data",
    environment: "dev",
    cloud: "gcp",
    command: "mlops deploy dev",
  });

describe("what a cloud says", () => {
  /** As the provider (google 6.50) and Terraform 1.11 print it. */
  test.each<[string, string, RegExp, RegExp]>([
    [
      "a quota",
      "Error waiting for instance to create: Quota 'NVIDIA_L4_GPUS' exceeded.  Limit: 0.0 in region asia-northeast3.",
      /quota is used up: NVIDIA_L4_GPUS; its limit is 0 in region asia-northeast3/,
      /iam-admin\/quotas \(filter: NVIDIA_L4_GPUS\), or lower max.*mlops deploy dev goes on from there/,
    ],
    [
      "a conflict of a change, which is no name that is taken",
      "googleapi: Error 409: The bucket was changed by somebody else, conflict",
      /in conflict with what stands there/,
      /Run again in a few minutes/,
    ],
    [
      "a backend that was changed",
      "Backend configuration changed: A change in the backend configuration has been detected",
      /place of the state \(backend\) was changed/,
      /for stack in \/out\/dev-\*; do terraform -chdir="\$stack" init -migrate-state; done.*-reconfigure/,
    ],
    [
      "a source connection that nobody has made",
      "Error creating Repository: googleapi: Error 404: Resource 'projects/p-1/locations/asia-northeast3/connections/acme-dev-source' was not found",
      /no connection acme-dev-source to the source host in asia-northeast3/,
      /connections\?project=p-1, or name another as delivery\.source\.connection/,
    ],
    [
      "a quota in the cluster's words",
      "googleapi: Error 403: Insufficient regional quota to satisfy request: resource \"CPUS\": request requires '12.0' and is short '4.0'.",
      /quota is used up: CPUS/,
      /filter: CPUS/,
    ],
    [
      "a stock-out",
      "ZONE_RESOURCE_POOL_EXHAUSTED: The zone 'projects/p/zones/asia-northeast3-a' does not have enough resources available to fulfill the request.",
      /no machine of this kind left in asia-northeast3-a/,
      /clouds\.gcp\.zones.*kubernetes\.pools/,
    ],
    [
      "a subnet whose addresses Cloud Run has not given back",
      "Error when reading or editing Subnetwork: googleapi: Error 400: The subnetwork resource 'projects/p/regions/r/subnetworks/s' is already being used by 'projects/p/regions/r/addresses/serverless-ipv4-1721014303789269923', resourceInUseByAnotherResource",
      /Cloud Run still holds addresses of the subnet/,
      /Run again in two hours; mlops deploy dev goes on/,
    ],
    [
      "a network that a peering still uses",
      "Error waiting for Deleting Network: The network resource 'projects/p/global/networks/n' is already being used by 'projects/p/global/networkInstances/v1292417645'",
      /network is still used by projects\/p\/global\/networkInstances\/v1292417645/,
      /peerings delete servicenetworking-googleapis-com --network=n --project=p/,
    ],
    [
      "a name that is taken",
      "Error creating Instance: googleapi: Error 409: Resource 'projects/p/instances/one' already exists, alreadyExists",
      /exists already.*nothing was changed/,
      /terraform -chdir=\/out\/dev-data import google_storage_bucket\.Datasets projects\/p\/instances\/one/,
    ],
    [
      "a bucket's name that is somebody else's",
      "googleapi: Error 409: The requested bucket name is not available. The bucket namespace is shared by all users",
      /names of buckets are worldwide/,
      /Change the organisation or the environment's name/,
    ],
    [
      "an API that is not enabled",
      "googleapi: Error 403: Cloud SQL Admin API has not been used in project 1 before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/sqladmin.googleapis.com/overview?project=1",
      /API sqladmin\.googleapis\.com is not enabled/,
      /mlops bootstrap dev, then mlops deploy dev --layer foundation/,
    ],
    [
      "a missing right",
      "googleapi: Error 403: Required 'compute.networks.create' permission for 'projects/p/global/networks/n', forbidden",
      /right to do it is missing: compute\.networks\.create/,
      /mlops doctor dev names the roles/,
    ],
    [
      "an expired login",
      'oauth2: "invalid_grant" "reauth related error (invalid_rapt)"',
      /login has expired/,
      /gcloud auth login && gcloud auth application-default login/,
    ],
    [
      "no bucket for the state",
      "Failed to get existing workspaces: querying Cloud Storage failed: storage: bucket doesn't exist",
      /bucket of Terraform's state is missing/,
      /mlops bootstrap dev/,
    ],
    [
      "no registry",
      "Failed to query available provider packages: Could not retrieve the list of available versions for provider hashicorp/google: could not connect to registry.terraform.io",
      /the provider hashicorp\/google cannot be installed/,
      /filesystem_mirror or network_mirror/,
    ],
    [
      "a lost network",
      'Get "https://compute.googleapis.com/compute/v1/projects/p": dial tcp: lookup compute.googleapis.com: no such host',
      /network was lost/,
      /proxy and the clock; mlops deploy dev goes on/,
    ],
    [
      "a cloud that is down",
      "googleapi: Error 503: Service unavailable, backendError",
      /time after time/,
      /Run again in a few minutes/,
    ],
    [
      "a name that is kept",
      "googleapi: Error 409: The Cloud SQL instance already exists. When you delete an instance, you can't reuse the name of the deleted instance until one week",
      /belongs to one that was deleted/,
      /wait until it is gone/,
    ],
    [
      "an agent that is not there",
      "googleapi: Error 400: Service account service-1@gcp-sa-cloud-sql.iam.gserviceaccount.com does not exist.",
      /service agent service-1@gcp-sa-cloud-sql/,
      /mlops bootstrap dev/,
    ],
    [
      "a policy of the organisation",
      "googleapi: Error 412: Constraint constraints/compute.vmExternalIpAccess violated for project p",
      /policy of the organisation forbids it \(compute\.vmExternalIpAccess\)/,
      /gcloud org-policies describe compute\.vmExternalIpAccess/,
    ],
  ])("about %s becomes one sentence and a next step", (_what, text, message, fix) => {
    const words = refusal(text);
    expect(words?.message).toMatch(message);
    expect(words?.message).toContain("In its words: ");
    expect(words?.fix).toMatch(fix);
  });

  test.each([
    [
      "google_container_cluster.C",
      "Cannot destroy cluster because deletion_protection is set to true. Set it to false to proceed with cluster deletion.",
      /kubernetes\.deletionProtection: false/,
    ],
    [
      "google_sql_database_instance.D",
      "Error, failed to delete instance because deletion_protection is set to true. Set it to false",
      /metadata\.deletionProtection: false/,
    ],
    [
      "google_storage_bucket.B",
      "Error trying to delete bucket b containing objects without `force_destroy` set to true",
      /storage\.deletionProtection: false/,
    ],
    [
      "google_cloud_run_v2_service.S",
      "cannot destroy service without setting deletion_protection=false and running `terraform apply`",
      /tier: staging/,
    ],
    [
      "google_kms_crypto_key.K",
      "Instance cannot be destroyed: Resource google_kms_crypto_key.K has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed.",
      /Keys stay/,
    ],
    [
      "google_secret_manager_secret.S",
      "cannot destroy secret without setting deletion_protection=false and running `terraform apply`",
      /metadata\.deletionProtection: false \(the database's secret\) or tier: staging/,
    ],
  ])("about a guard on %s names the setting that lifts it", (address, text, fix) => {
    expect(refusal(text, address)?.fix).toMatch(fix);
  });

  test("that nobody has met before is left as it is, and has a next step all the same", () => {
    const { message, fix } = refusal("Invalid value for field 'resource.size'");
    expect(message).toBe("Invalid value for field 'resource.size'");
    expect(fix).toMatch(/Correct what it names.*mlops deploy dev goes on from there/);
  });
});
