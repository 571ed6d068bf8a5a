import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { account, around, estate, roles, there } from "./ml-support";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const ROOT = resolve(__dirname, "../..");
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
