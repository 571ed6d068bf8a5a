import fs from "node:fs";
import { told } from "../../cli/apply-progress";
import { cloudProblem } from "../../cli/cloud-errors";
import { refuseGuarded, refuseLosses } from "../../cli/plan-gate";
import { type ResourceChange, readPlan } from "../../cli/stack";
import { UserError } from "../../lib/core/errors";
import { PROTECTED_TYPES } from "../../lib/core/protected";
import { run, temporary, tool, workspace } from "./support";

jest.setTimeout(60_000);

const refusal = (text: string, address = "google_storage_bucket.Datasets") =>
  cloudProblem({ text, address, folder: "/out/dev-data", environment: "dev", command: "mlops deploy dev" });

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

  test("that nobody has met before is left as it is", () => {
    expect(refusal("Invalid value for field 'resource.size'")).toBeNull();
  });
});

describe("the gate before an apply", () => {
  const database: ResourceChange = {
    address: "google_sql_database_instance.Database",
    action: "replace",
    forcedBy: ["region"],
  };
  const through = (changes: readonly ResourceChange[], losses: readonly string[] | "all" = []) => {
    try {
      refuseLosses(
        { name: "dev-data" },
        { changes, outputsChange: false, changed: true },
        { losses, command: "mlops deploy dev" },
      );
    } catch (error) {
      if (error instanceof UserError) return error;
    }
    return null;
  };

  test("refuses to replace what holds data, with the setting that forces it and the way to approve", () => {
    const error = through([database]);
    expect(error?.exitCode).toBe(3);
    expect(error?.message).toMatch(
      /dev-data google_sql_database_instance\.Database: would be destroyed and made anew.*because region cannot be changed in place/,
    );
    expect(error?.message).toMatch(
      /put that setting back[\s\S]*mlops deploy dev again as before with --approve google_sql_database_instance\.Database/,
    );
  });

  test("says why something is destroyed", () => {
    const error = through([
      { address: "google_storage_bucket.Old", action: "delete", reason: "delete_because_no_resource_config" },
    ]);
    expect(error?.message).toMatch(/because nothing in the configuration makes it any more/);
  });

  test("names every loss at once, and once how all of them are approved", () => {
    expect(through([database, { address: "google_kms_crypto_key.K", action: "delete" }])?.problems).toHaveLength(3);
  });

  test("lets through what was approved by its address, and only that", () => {
    expect(through([database], [database.address])).toBeNull();
    expect(through([database], ["google_sql_database_instance.Other"])).not.toBeNull();
    expect(through([database], "all")).toBeNull();
  });

  test("has nothing against changes that lose no data", () => {
    expect(
      through([
        { ...database, action: "update" },
        { address: "google_cloud_run_v2_service.S", action: "delete" },
      ]),
    ).toBeNull();
  });

  test("knows no type of this machine, so that nothing changes there", () => {
    expect([...PROTECTED_TYPES].filter((type) => type.startsWith("terraform_"))).toEqual([]);
  });

  test("refuses to begin a destruction that a guard would stop half way", () => {
    const plan = {
      changes: [{ ...database, action: "delete" as const, guarded: true }],
      outputsChange: false,
      changed: true,
    };
    expect(() => refuseGuarded([{ stack: "dev-data", plan }], "dev")).toThrow(
      /guarded against deletion.*metadata\.deletionProtection: false in environments\/dev\.yaml/,
    );
  });
});

describe("a plan", () => {
  const change = (type: string, more: object) =>
    readPlan(JSON.stringify({ resource_changes: [{ address: `${type}.x`, ...more }] })).changes[0];

  test("keeps what forces a replacement, and Terraform's reason", () => {
    expect(
      change("google_sql_database_instance", {
        action_reason: "replace_because_cannot_update",
        change: { actions: ["delete", "create"], replace_paths: [["settings", 0, "edition"]] },
      }),
    ).toEqual({
      address: "google_sql_database_instance.x",
      action: "replace",
      forcedBy: ["settings.0.edition"],
      reason: "replace_because_cannot_update",
    });
  });

  test("knows what is guarded by what stands, not by what is wanted", () => {
    const before = { deletion_protection: true };
    expect(change("google_container_cluster", { change: { actions: ["delete"], before } })).toMatchObject({
      guarded: true,
    });
    expect(change("google_container_cluster", { change: { actions: ["update"], before } })).not.toHaveProperty(
      "guarded",
    );
  });
});

describe("while a cloud layer is applied", () => {
  const event = (type: string, seconds: number) => ({
    type,
    hook: { resource: { addr: "google_container_cluster.C" }, action: "create", elapsed_seconds: seconds },
  });

  test("each resource is a line, and one that takes long is heard of every half minute", () => {
    expect(told(event("apply_complete", 12), "gcp")).toBe("google_container_cluster.C: created (12 s)");
    expect(told(event("apply_progress", 10), "gcp")).toBeNull();
    expect(told(event("apply_progress", 130), "gcp")).toBeNull();
    expect(told(event("apply_progress", 150), "gcp")).toBe("google_container_cluster.C: still creating (2 min 30 s)");
  });

  test("and on this machine nothing is said of it", () => {
    expect(told(event("apply_complete", 12), "local")).toBeNull();
  });
});

describe("the commands on an environment in a cloud", () => {
  /** Without a way to anybody: what is refused beforehand must not ask. */
  const alone = () => ({
    ...process.env,
    PATH: `${tool("gcloud", "#!/bin/sh\nexit 1\n")}:${process.env.PATH}`,
    HTTPS_PROXY: "http://127.0.0.1:9",
  });

  test.each([
    [["down", "dev"], /nothing on Google Cloud is stopped for a while/],
    [["restore", "dev", "x"], /gcloud sql backups restore/],
    [["release", "dev", "diabetes"], /gcloud builds triggers list/],
    [["release", "list", "dev"], /no public address/],
    [["pipeline", "run", "dev", "diabetes"], /retrain topic/],
    [["destroy", "dev", "--purge"], /mlops destroy dev, without --purge/],
  ])("refuse %j with what does it instead, with exit code 3", async (args, words) => {
    const { code, stderr } = await run(workspace(), args, { env: alone() });
    expect(code).toBe(3);
    expect(stderr).toMatch(words);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test("doctor says how to log in, and asks nobody before", async () => {
    const { code, stdout } = await run(workspace(), ["doctor", "dev"], { env: alone() });
    expect(code).toBe(1);
    expect(stdout).toMatch(/problem {2}login: .*gcloud auth login && gcloud auth application-default login/);
    expect(stdout).not.toMatch(/project/);
  });

  test("doctor tells apart whom gcloud and whom Terraform know", async () => {
    const folder = temporary();
    const script =
      '#!/bin/sh\ncase "$*" in "config get account") echo kim@acme.example ;; version) echo 1 ;; *) exit 1 ;; esac\n';
    tool("gcloud", script, folder);
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const { stdout } = await run(workspace(), ["doctor", "dev"], { env });
    expect(stdout).toMatch(
      /gcloud is logged in as kim@acme\.example, but Terraform is not.*gcloud auth application-default login/,
    );
  });

  test("bootstrap of this machine says that it needs none", async () => {
    const folder = workspace();
    const before = fs.readdirSync(folder);
    const { code, stdout } = await run(folder, ["bootstrap", "local"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "cloud: local needs no set-up. Next: mlops up local\n" });
    expect(fs.readdirSync(folder)).toEqual(before);
  });
});
