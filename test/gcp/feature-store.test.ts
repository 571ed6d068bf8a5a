/** The feature store on Google Cloud. */
import { UserError } from "../../lib/core/errors";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const KEYS = "projects/acme-ml-test/locations/asia-northeast3/keyRings/acme-test-ml/cryptoKeys";

describe("the feature store", () => {
  const group = { name: "patient_risk", entity: "patient", features: ["bmi", "pressure"] };
  const features = (settings: GcpSettings = PRODUCTION, deletionProtection = true, name = group.name) => {
    const uris = { offline: "", online: "" };
    const stacks = onGcp(({ platform, layer }) => {
      const store = platform.featureStore(layer("data"), "Features", {
        groups: [{ ...group, name }],
        deletionProtection,
      });
      const identity = platform.workloadIdentity(layer("ml"), "Pipelines", { workload: "pipelines" });
      for (const give of [store.grants.read, store.grants.readWrite, store.grants.readWrite]) give(identity);
      Object.assign(uris, { offline: store.offlineUri, online: store.onlineUri });
    }, settings);
    return { data: stacks.data, ml: stacks.ml, uris };
  };

  it("keeps a group as a table with its entity, the time its values count from, and one number for each feature", () => {
    const { data } = features();
    expect(JSON.parse(String(only(data, "google_bigquery_table").schema))).toMatchObject([
      { name: "patient", type: "STRING", mode: "REQUIRED" },
      { name: "feature_timestamp", type: "TIMESTAMP", mode: "REQUIRED" },
      { name: "bmi", type: "FLOAT" },
      { name: "pressure", type: "FLOAT" },
    ]);
  });

  it("is encrypted by the environment's key, and not deleted with its data", () => {
    const { data } = features();
    expect(only(data, "google_bigquery_dataset")).toMatchObject({
      default_encryption_configuration: { kms_key_name: `${KEYS}/storage` },
      delete_contents_on_destroy: false,
    });
    expect(only(data, "google_bigquery_table")).toMatchObject({
      encryption_configuration: { kms_key_name: `${KEYS}/storage` },
      deletion_protection: true,
    });
    expect(only(data, "google_vertex_ai_feature_online_store")).toMatchObject({ force_destroy: false });
  });

  it("can be removed where nothing is protected, and serves on few nodes there", () => {
    const { data } = features(DEVELOPMENT, false);
    expect(only(data, "google_bigquery_dataset")).toMatchObject({ delete_contents_on_destroy: true });
    expect(only(data, "google_bigquery_table")).toMatchObject({ deletion_protection: false });
    expect(only(data, "google_vertex_ai_feature_online_store")).toMatchObject({
      force_destroy: true,
      bigtable: { auto_scaling: { min_node_count: 1, max_node_count: 2 } },
    });
    expect(only(data, "google_bigquery_dataset")).not.toHaveProperty("default_encryption_configuration");
  });

  it("registers each feature and copies the group's latest values to the online store every hour", () => {
    const { data, uris } = features();
    expect(only(data, "google_vertex_ai_feature_group")).toMatchObject({
      big_query: { big_query_source: { input_uri: `${uris.offline}.patient_risk` }, entity_id_columns: ["patient"] },
    });
    expect(resources(data, "google_vertex_ai_feature_group_feature").map(({ name }) => name)).toEqual([
      "bmi",
      "pressure",
    ]);
    expect(only(data, "google_vertex_ai_feature_online_store_featureview")).toMatchObject({
      sync_config: { cron: "0 * * * *" },
      feature_registry_source: { feature_groups: [{ feature_ids: ["bmi", "pressure"] }] },
    });
  });

  it("is addressed by names that are known before it is made", () => {
    expect(features().uris).toEqual({
      offline: "bq://acme-ml-test.acme_test_features",
      online: "projects/acme-ml-test/locations/asia-northeast3/featureOnlineStores/acme_test_features",
    });
  });

  it("refuses a group whose name cannot be told apart from another one's", () => {
    expect(() => features(PRODUCTION, true, "patient__risk")).toThrow(UserError);
  });

  it("is read and written by roles on its dataset, besides the two that only a project can give", () => {
    const { ml } = features();
    expect(resources(ml, "google_bigquery_dataset_iam_member").map(({ role }) => role)).toEqual([
      "roles/bigquery.dataEditor",
      "roles/bigquery.dataViewer",
    ]);
    expect(
      resources(ml, "google_project_iam_member")
        .map(({ role }) => role)
        .sort(),
    ).toEqual(["roles/aiplatform.featurestoreDataViewer", "roles/bigquery.jobUser"]);
  });
});

it("everything that can be labelled is, and nothing is open to the public", () => {
  const { data } = onGcp(({ platform, layer }) => {
    platform.objectStore(layer("data"), "AccessLogs", { purpose: "access-logs" });
    platform.imageRegistry(layer("data"), "Images");
    platform.eventTopic(layer("data"), "Retrain");
  });
  const text = JSON.stringify(data);
  expect(text).not.toMatch(/allUsers|allAuthenticatedUsers/);
  for (const type of ["google_storage_bucket", "google_artifact_registry_repository", "google_pubsub_topic"]) {
    for (const resource of resources(data, type)) expect(resource.labels).toMatchObject({ layer: "data" });
  }
});
