import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { isLacking, type Provided } from "../../lib/contracts/provided";
import { GcpEstate } from "../../lib/gcp/estate";
import { pipelinesNetworkAttachment } from "../../lib/gcp/orchestrator";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { DEVELOPMENT, type GcpBench, onGcp, only, PRODUCTION, resources } from "./support";

const ROOT = resolve(__dirname, "../..");
const estate = new GcpEstate(PRODUCTION);
const account = (workload: string) => `serviceAccount:acme-test-${workload}@acme-ml-test.iam.gserviceaccount.com`;

function there<T extends object>(part: Provided<T>): T {
  if (isLacking(part)) throw new Error(part.lacking);
  return part;
}

/** What the parts of the ml layer are made of. */
function around({ platform, layer }: GcpBench) {
  const store = (purpose: "datasets" | "artifacts" | "packages") =>
    there(platform.objectStore(layer("data"), purpose, { purpose }));
  return {
    datasets: store("datasets"),
    artifacts: store("artifacts"),
    packages: store("packages"),
    database: there(platform.metadataDatabase(layer("data"), "Database", { class: "db-small" })),
    topic: there(platform.eventTopic(layer("data"), "Retrain")),
    identity: there(platform.workloadIdentity(layer("ml"), "Pipelines", { workload: "pipelines" })),
  };
}

const roles = (stack: Parameters<typeof resources>[0], member: string) =>
  resources(stack, "google_project_iam_member")
    .filter((one) => one.member === member)
    .map((one) => one.role);

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
    expect(pipelinesNetworkAttachment(estate)).toBe(
      `projects/acme-ml-test/regions/asia-northeast3/networkAttachments/${attachment.name}`,
    );
    expect(attachment.subnetworks).toEqual([estate.subnet("serverless")]);
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

describe("services that steps use", () => {
  it("give each project a managed table", () => {
    const { ml } = onGcp(({ platform, layer }) => {
      const made = there(platform.autoMl(layer("ml"), "AutoMl", { projects: ["diabetes", "churn"] }));
      expect(made.reference).toBe("projects/acme-ml-test/locations/asia-northeast3");
    });
    const tables = resources(ml, "google_vertex_ai_dataset");
    expect(tables.map((table) => table.display_name).sort()).toEqual(["churn", "diabetes"]);
    for (const table of tables) {
      expect(table.encryption_spec).toEqual({ kms_key_name: estate.key("ml") });
      expect(table.metadata_schema_uri).toMatch(/tabular_1\.0\.0\.yaml$/);
    }
  });

  it("allow the pretrained models that are named, with all one can do with them, and no others", () => {
    const { ml } = onGcp(({ platform, layer }) => {
      there(
        platform.pretrainedModels(layer("ml"), "Pretrained", {
          allowed: ["publishers/google/models/gemma2", "publishers/meta/models/llama3:deploy"],
        }),
      );
    });
    expect(only(ml, "google_org_policy_policy")).toMatchObject({
      name: "projects/acme-ml-test/policies/vertexai.allowedModels",
      parent: "projects/acme-ml-test",
      spec: {
        inherit_from_parent: true,
        rules: [
          {
            values: {
              allowed_values: [
                "publishers/google/models/gemma2:predict",
                "publishers/google/models/gemma2:deploy",
                "publishers/google/models/gemma2:tune",
                "publishers/meta/models/llama3:deploy",
              ],
            },
          },
        ],
      },
    });
  });

  const processing = (settings: GcpSettings) => {
    let reference = "";
    const stacks = onGcp((bench) => {
      reference = there(bench.platform.dataProcessing(bench.layer("ml"), "Processing", around(bench))).reference;
    }, settings);
    return { ml: stacks.ml, reference: JSON.parse(reference) as Record<string, string | null> };
  };

  it("process large data as the pipelines' account, in the network, within limits", () => {
    const { ml, reference } = processing(PRODUCTION);
    const policy = only(ml, "google_dataproc_autoscaling_policy");
    expect(policy).toMatchObject({ worker_config: { min_instances: 2, max_instances: 20 } });
    expect(reference).toEqual({
      parent: estate.location,
      subnetwork: estate.subnet("serverless"),
      serviceAccount: "acme-test-pipelines@acme-ml-test.iam.gserviceaccount.com",
      staging: `gs://${estate.bucket("artifacts")}/processing/staging`,
      temporary: `gs://${estate.bucket("artifacts")}/processing/temporary`,
      autoscalingPolicy: `projects/acme-ml-test/regions/asia-northeast3/autoscalingPolicies/${policy.policy_id}`,
      kmsKey: estate.key("ml"),
    });
    expect(roles(ml, account("pipelines")).sort()).toEqual([
      "roles/dataflow.developer",
      "roles/dataflow.worker",
      "roles/dataproc.editor",
      "roles/dataproc.worker",
    ]);
  });

  it("let workers talk among themselves and to nobody else, with a log of it", () => {
    const range = PRODUCTION.addresses.serverless;
    expect(only(processing(PRODUCTION).ml, "google_compute_firewall")).toMatchObject({
      direction: "INGRESS",
      source_ranges: [range],
      destination_ranges: [range],
      log_config: { metadata: "INCLUDE_ALL_METADATA" },
    });
  });

  it("open nothing in subnets that somebody else brought", () => {
    const network = "projects/host/global/networks/shared";
    const nodes = "projects/host/regions/asia-northeast3/subnetworks/ml";
    const { ml, reference } = processing({ ...PRODUCTION, existing: { network, subnets: { nodes } } });
    expect(resources(ml, "google_compute_firewall")).toEqual([]);
    expect(reference.subnetwork).toBe(nodes);
  });

  const fusion = (settings: GcpSettings) =>
    onGcp(({ platform, layer }) => {
      there(platform.dataIntegration(layer("ml"), "Integration"));
    }, settings).ml;

  it("build data flows without a public address, as an account of their own", () => {
    const ml = fusion(PRODUCTION);
    expect(only(ml, "google_data_fusion_instance")).toMatchObject({
      type: "ENTERPRISE",
      private_instance: true,
      network_config: { connection_type: "PRIVATE_SERVICE_CONNECT_INTERFACES" },
      crypto_key_config: { key_reference: estate.key("ml") },
      dataproc_service_account: "acme-test-data-flows@acme-ml-test.iam.gserviceaccount.com",
      enable_rbac: true,
    });
    expect(roles(ml, account("data-flows")).sort()).toEqual(
      ["roles/dataproc.worker", "roles/datafusion.runner"].sort(),
    );
    expect(only(ml, "google_service_account_iam_member").member).toBe(
      "serviceAccount:service-100000000009@gcp-sa-datafusion.iam.gserviceaccount.com",
    );
  });

  it("take the cheap edition where it is not production, which stands in one zone", () => {
    const instance = only(fusion(DEVELOPMENT), "google_data_fusion_instance");
    expect(instance).toMatchObject({ type: "DEVELOPER", zone: "asia-northeast3-a" });
    expect(instance).not.toHaveProperty("crypto_key_config");
  });
});

describe("the workflow engine", () => {
  const make = (settings: GcpSettings = PRODUCTION) =>
    onGcp((bench) => {
      const { topic, packages } = around(bench);
      const identity = there(
        bench.platform.workloadIdentity(bench.layer("delivery"), "Trigger", { workload: "trigger" }),
      );
      const props = { topic, packages, identity, project: "diabetes" };
      there(bench.platform.workflowEngine(bench.layer("delivery"), "Workflows", props));
    }, settings).delivery;
  const config = (settings?: GcpSettings) =>
    only(make(settings), "google_composer_environment").config as Record<string, unknown>;

  it("is Composer 3, private, encrypted, with a memory that ends", () => {
    expect(config()).toMatchObject({
      enable_private_environment: true,
      enable_private_builds_only: true,
      software_config: { image_version: "composer-3-airflow-2" },
      node_config: {
        service_account: "acme-test-workflows@acme-ml-test.iam.gserviceaccount.com",
        network: estate.network,
        subnetwork: estate.subnet("serverless"),
      },
      encryption_config: { kms_key_name: estate.key("ml") },
      data_retention_config: { airflow_metadata_retention_config: [{ retention_days: 60 }] },
      maintenance_window: { recurrence: "FREQ=WEEKLY;BYDAY=FR,SA,SU" },
    });
  });

  it("shows its pages in the network only, in production", () => {
    const ranges = (settings?: GcpSettings) =>
      (
        config(settings).web_server_network_access_control as { allowed_ip_range: { value: string }[] }
      ).allowed_ip_range.map(({ value }) => value);
    expect(ranges()).toEqual([PRODUCTION.addresses.nodes, PRODUCTION.addresses.serverless]);
    expect(ranges(DEVELOPMENT)).toEqual(["0.0.0.0/0", "::0/0"]);
  });

  it("keeps its files in a bucket of its own that is as closed as the others", () => {
    expect(only(make(), "google_storage_bucket")).toMatchObject({
      uniform_bucket_level_access: true,
      public_access_prevention: "enforced",
      versioning: { enabled: true },
      force_destroy: false,
      encryption: { default_kms_key_name: estate.key("ml") },
      logging: { log_bucket: estate.bucket("access-logs") },
    });
    expect(only(make(DEVELOPMENT), "google_storage_bucket").force_destroy).toBe(true);
  });

  it("has one flow, which may send the retrain event of its project and knows where to", () => {
    expect(config().software_config).toMatchObject({
      env_variables: { RETRAIN_PROJECT: "diabetes", RETRAIN_TOPIC: estate.topic("retrain") },
    });
    expect(only(make(), "google_pubsub_topic_iam_member")).toMatchObject({
      topic: estate.topic("retrain"),
      role: "roles/pubsub.publisher",
      member: account("workflows"),
    });
    const files = resources(make(), "google_storage_bucket_object");
    expect(files.map(({ name }) => name).sort()).toEqual(["dags/retrain_dag.py", "dags/retrain_event.py"]);
    for (const { name, content } of files) {
      const path = join(ROOT, "lib/gcp/flows", String(name).replace("dags/", ""));
      expect(content).toBe(readFileSync(path, "utf8"));
    }
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
