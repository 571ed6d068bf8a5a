import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { account, around, estate, roles, there } from "./ml-support";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const ROOT = resolve(__dirname, "../..");
describe("tracking", () => {
  const make = (settings: GcpSettings = PRODUCTION) =>
    onGcp((bench) => {
      const { database, artifacts, identity } = around(bench);
      const registry = there(
        bench.platform.modelRegistry(bench.layer("ml"), "Tracking", {
          database,
          artifacts,
          teams: ["risk", "care"],
          groups: ["risk@acme.example"],
        }),
      );
      expect(registry.trackingUri).toBe("https://acme-test-tracking-100000000009.asia-northeast3.run.app");
      registry.grants.use(identity);
    }, settings);
  const service = (settings?: GcpSettings) => only(make(settings).ml, "google_cloud_run_v2_service");
  const containers = (settings?: GcpSettings) =>
    (service(settings).template as { containers: Record<string, unknown>[] }).containers;
  const env = () => {
    const list = containers()[0]?.env as { name: string; value: string }[];
    return Object.fromEntries(list.map(({ name, value }) => [name, value]));
  };

  it("answers to its own addresses only, and to both forms of them", () => {
    expect(env().MLFLOW_SERVER_ALLOWED_HOSTS).toBe(
      "acme-test-tracking-100000000009.asia-northeast3.run.app,acme-test-tracking-*.a.run.app",
    );
  });

  it("logs in to its database as its own account, through the proxy beside it, without a password", () => {
    expect(env().MLFLOW_BACKEND_STORE_URI).toBe(
      "postgresql+psycopg2://acme-test-tracking%40acme-ml-test.iam@127.0.0.1:5432/mlflow",
    );
    const [server, proxy] = containers();
    expect(proxy?.command).toEqual(["/usr/local/bin/cloud-sql-proxy"]);
    expect(proxy?.args).toEqual(
      expect.arrayContaining(["--auto-iam-authn", "--private-ip", "--port=5432", estate.databaseConnection]),
    );
    expect(server?.depends_on).toEqual([proxy?.name]);
    expect(only(make().ml, "google_sql_user")).toMatchObject({ name: "acme-test-tracking@acme-ml-test.iam" });
  });

  it("runs one image, by digest", () => {
    expect(containers().map(({ image }) => image)).toEqual([estate.image("tracking"), estate.image("tracking")]);
  });

  it("keeps the files of runs in the artifacts, in a folder that its rights end at", () => {
    expect(env().MLFLOW_DEFAULT_ARTIFACT_ROOT).toBe(`gs://${estate.bucket("artifacts")}/mlflow`);
    const rights = resources(make().ml, "google_storage_bucket_iam_member");
    const members = [account("tracking"), account("pipelines"), "group:risk@acme.example"];
    expect(rights.map(({ member }) => member).sort()).toEqual(members.sort());
    for (const right of rights) {
      expect(right).toMatchObject({
        bucket: estate.bucket("artifacts"),
        role: "roles/storage.objectUser",
        condition: { expression: expect.stringContaining(`/${estate.bucket("artifacts")}/objects/mlflow/")`) },
      });
    }
  });

  it("has a workspace for each team, and does no background jobs", () => {
    expect(env()).toMatchObject({ TRACKING_WORKSPACES: "care,risk", MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" });
  });

  it("lets in the teams' groups and the workloads that use it, and nobody else", () => {
    const invokers = resources(make().ml, "google_cloud_run_v2_service_iam_member");
    expect(invokers.map(({ member }) => member).sort()).toEqual(["group:risk@acme.example", account("pipelines")]);
    expect(invokers.map(({ role }) => role)).toEqual(["roles/run.invoker", "roles/run.invoker"]);
  });

  it("waits for its own rights, without which it does not start", () => {
    const waits = service().depends_on as string[];
    for (const what of ["google_service_account.", "google_sql_user.", "google_project_iam_member."]) {
      expect(waits).toEqual(expect.arrayContaining([expect.stringContaining(what)]));
    }
  });

  it("is there all the time in production, and costs nothing at night elsewhere", () => {
    expect(service()).toMatchObject({ scaling: { min_instance_count: 1 } });
    expect(service(DEVELOPMENT)).not.toHaveProperty("scaling");
    expect(service(DEVELOPMENT)).toMatchObject({ template: { scaling: { max_instance_count: 1 } } });
  });

  it("says who gives it its rights in the database", () => {
    expect(env().TRACKING_ACCESS_JOB).toBe(only(make().ml, "google_cloud_run_v2_job").name);
  });
});

describe("the orchestrator", () => {
  const make = (tensorBoard: boolean, settings: GcpSettings = PRODUCTION) => {
    let board: string | null = null;
    const stacks = onGcp((bench) => {
      const made = there(
        bench.platform.orchestrator(bench.layer("ml"), "Orchestrator", { ...around(bench), tensorBoard }),
      );
      expect(made.submitUri).toBe(
        "https://asia-northeast3-aiplatform.googleapis.com/v1/projects/acme-ml-test/locations/asia-northeast3/pipelineJobs",
      );
      expect(made.format).toBe("kfp-ir");
      board = made.tensorBoard;
    }, settings);
    return { ml: stacks.ml, board };
  };

  it("gives the runs' account what a run needs, and the right to run as itself alone", () => {
    const { ml } = make(false);
    expect(roles(ml, account("pipelines")).sort()).toEqual([
      "roles/aiplatform.user",
      "roles/logging.logWriter",
      "roles/monitoring.metricWriter",
    ]);
    expect(only(ml, "google_service_account_iam_member")).toMatchObject({
      service_account_id:
        "projects/acme-ml-test/serviceAccounts/acme-test-pipelines@acme-ml-test.iam.gserviceaccount.com",
      role: "roles/iam.serviceAccountUser",
      member: account("pipelines"),
    });
  });

  it("has a door into the network, under the name that a job gives", () => {
    const attachment = only(make(false).ml, "google_compute_network_attachment");
    expect(estate.pipelineAttachment).toBe(
      `projects/100000000009/regions/asia-northeast3/networkAttachments/${attachment.name}`,
    );
    expect(attachment.subnetworks).toEqual([estate.subnet("serverless")]);
  });

  it("lets nobody through that door who is not in its list, and leaves the list to Vertex AI", () => {
    expect(only(make(false).ml, "google_compute_network_attachment")).toMatchObject({
      connection_preference: "ACCEPT_MANUAL",
      lifecycle: { ignore_changes: ["producer_accept_lists"] },
    });
  });

  it("has a TensorBoard where one is asked for, encrypted like everything else", () => {
    expect(make(false)).toMatchObject({ board: null });
    expect(resources(make(false).ml, "google_vertex_ai_tensorboard")).toEqual([]);
    expect(only(make(true).ml, "google_vertex_ai_tensorboard").encryption_spec).toEqual({
      kms_key_name: estate.key("ml"),
    });
    expect(only(make(true, DEVELOPMENT).ml, "google_vertex_ai_tensorboard")).not.toHaveProperty("encryption_spec");
  });
});

describe("the build of the tracking image", () => {
  const build = parse(readFileSync(join(ROOT, "pipelines/images/tracking/cloudbuild.yaml"), "utf8")) as Record<
    string,
    unknown
  >;

  it("pushes under a tag of its own, logs to Cloud Logging, and uses a builder by digest", () => {
    expect(Object.keys(build).sort()).toEqual(["images", "options", "steps", "substitutions", "timeout"]);
    expect(build.images).toEqual(["$" + "{_IMAGE}:$" + "{BUILD_ID}"]);
    expect(build.options).toEqual({
      logging: "CLOUD_LOGGING_ONLY",
      substitutionOption: "MUST_MATCH",
      requestedVerifyOption: "VERIFIED",
    });
    for (const step of build.steps as { name: string; dir: string }[]) {
      expect(step.name).toMatch(/@sha256:[0-9a-f]{64}$/);
      expect(step.dir).toBe("pipelines/images/tracking");
    }
  });
});
