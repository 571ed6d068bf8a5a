/** What is kept on Google Cloud: buckets, images, events. The database has a file of its own. */
import type { ObjectStoreProps } from "../../lib/contracts/object-store";
import type { GcpSettings } from "../../lib/gcp/parts/settings";
import { DEVELOPMENT, onGcp, only, PRODUCTION, resources } from "./support";

const KEYS = "projects/acme-ml-test/locations/asia-northeast3/keyRings/acme-test-ml/cryptoKeys";
const MEMBER = "serviceAccount:acme-test-pipelines@acme-ml-test.iam.gserviceaccount.com";

describe("a bucket", () => {
  const bucketOf = (props: ObjectStoreProps, settings: GcpSettings = PRODUCTION) =>
    only(
      onGcp(({ platform, layer }) => void platform.objectStore(layer("data"), "Store", props), settings).data,
      "google_storage_bucket",
    );

  it("is private, encrypted by the environment's key, versioned, in the environment's region, and keeps what is deleted a week", () => {
    expect(bucketOf({ purpose: "datasets" })).toMatchObject({
      location: "asia-northeast3",
      uniform_bucket_level_access: true,
      public_access_prevention: "enforced",
      versioning: { enabled: true },
      soft_delete_policy: { retention_duration_seconds: 604_800 },
      encryption: { default_kms_key_name: `${KEYS}/storage` },
      force_destroy: false,
    });
  });

  it("is encrypted by Google's keys where the environment has none", () => {
    expect(bucketOf({ purpose: "datasets" }, DEVELOPMENT)).not.toHaveProperty("encryption");
  });

  it("is removed with its objects only where that is allowed", () => {
    expect(bucketOf({ purpose: "datasets", deletionProtection: false })).toMatchObject({ force_destroy: true });
  });

  it("removes earlier versions, uploads that never ended, and what is past its time", () => {
    const { lifecycle_rule } = bucketOf({ purpose: "prediction-logs", noncurrentDays: 20, expireAfterDays: 90 });
    expect(lifecycle_rule).toEqual([
      { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
      { action: { type: "Delete" }, condition: { days_since_noncurrent_time: 20, with_state: "ARCHIVED" } },
      { action: { type: "Delete" }, condition: { age: 90, with_state: "LIVE" } },
    ]);
  });

  it("of artifacts never removes a registered model, only what runs pass between their steps", () => {
    const { lifecycle_rule } = bucketOf({ purpose: "artifacts", expireAfterDays: 30 });
    expect(lifecycle_rule).toContainEqual({
      action: { type: "Delete" },
      condition: { age: 30, with_state: "LIVE", matches_prefix: ["pipelines/"] },
    });
  });

  it("that keeps one version has no earlier ones to remove", () => {
    const { lifecycle_rule, versioning } = bucketOf({ purpose: "packages", versioned: false });
    expect(versioning).toEqual({ enabled: false });
    expect(lifecycle_rule).toHaveLength(1);
  });

  it("logs its requests into the bucket of access logs, which Google's log writer may add to and nobody else", () => {
    const { data } = onGcp(({ platform, layer }) => {
      platform.objectStore(layer("data"), "AccessLogs", { purpose: "access-logs" });
      platform.objectStore(layer("data"), "Datasets", { purpose: "datasets" });
    });
    const [logs, datasets] = resources(data, "google_storage_bucket");
    expect(logs).not.toHaveProperty("logging");
    expect(datasets).toMatchObject({ logging: { log_bucket: logs?.name, log_object_prefix: "datasets" } });
    expect(only(data, "google_storage_bucket_iam_member")).toMatchObject({
      role: "roles/storage.objectCreator",
      member: "group:cloud-storage-analytics@google.com",
    });
  });

  it("is read and written by whom it is granted to, once, by a role on this bucket", () => {
    let uri = "";
    const { ml } = onGcp(({ platform, layer }) => {
      const store = platform.objectStore(layer("data"), "Datasets", { purpose: "datasets" });
      const identity = platform.workloadIdentity(layer("ml"), "Pipelines", { workload: "pipelines" });
      for (const give of [store.grants.read, store.grants.readWrite, store.grants.readWrite]) give(identity);
      uri = store.uri;
    });
    const grants = resources(ml, "google_storage_bucket_iam_member");
    expect(grants.map(({ role }) => role)).toEqual(["roles/storage.objectUser", "roles/storage.objectViewer"]);
    for (const grant of grants) expect(grant).toMatchObject({ bucket: uri.replace("gs://", ""), member: MEMBER });
  });
});

describe("the registry", () => {
  const registry = (settings: GcpSettings = PRODUCTION) => {
    let prefix = "";
    const stacks = onGcp(({ platform, layer }) => {
      const images = platform.imageRegistry(layer("data"), "Images");
      const identity = platform.workloadIdentity(layer("ml"), "Pipelines", { workload: "pipelines" });
      images.grants.pull(identity);
      images.grants.push(identity);
      prefix = images.prefix;
    }, settings);
    const byName = new Map(
      resources(stacks.data, "google_artifact_registry_repository").map((repository) => [
        String(repository.repository_id),
        repository,
      ]),
    );
    return { data: stacks.data, ml: stacks.ml, byName, prefix };
  };

  it("keeps images under tags that cannot be moved, scanned, encrypted, and cleans up for real", () => {
    const { byName, prefix } = registry();
    const images = byName.get("acme-test-images");
    expect(prefix).toBe("asia-northeast3-docker.pkg.dev/acme-ml-test/acme-test-images");
    expect(images).toMatchObject({
      format: "DOCKER",
      docker_config: { immutable_tags: true },
      vulnerability_scanning_config: { enablement_config: "INHERITED" },
      kms_key_name: `${KEYS}/registry`,
      cleanup_policy_dry_run: false,
    });
    expect(images?.cleanup_policies).toEqual([
      { id: "keep-recent", action: "KEEP", most_recent_versions: { keep_count: 50 } },
      { id: "delete-untagged", action: "DELETE", condition: { tag_state: "UNTAGGED", older_than: "2592000s" } },
    ]);
  });

  it("has repositories for compiled pipelines and for Python packages", () => {
    const { byName } = registry();
    expect(byName.get("acme-test-pipelines")).toMatchObject({ format: "KFP", mode: "STANDARD_REPOSITORY" });
    expect(byName.get("acme-test-packages")).toMatchObject({ format: "PYTHON", mode: "STANDARD_REPOSITORY" });
  });

  it.each([
    ["mirror-dockerhub", { docker_repository: { public_repository: "DOCKER_HUB" } }],
    ["mirror-gcr", { common_repository: { uri: "https://gcr.io" } }],
    ["mirror-ghcr", { common_repository: { uri: "https://ghcr.io" } }],
    ["mirror-k8s", { common_repository: { uri: "https://registry.k8s.io" } }],
    ["mirror-quay", { common_repository: { uri: "https://quay.io" } }],
    ["mirror-pypi", { python_repository: { public_repository: "PYPI" } }],
  ])("fetches what lies outside through %s", (role, upstream) => {
    expect(registry().byName.get(`acme-test-${role}`)).toMatchObject({
      mode: "REMOTE_REPOSITORY",
      remote_repository_config: upstream,
      kms_key_name: `${KEYS}/registry`,
      cleanup_policy_dry_run: false,
    });
  });

  it("lets everybody who pulls pull from each repository, and who pushes push to the own ones only", () => {
    const { ml, byName } = registry();
    const grants = resources(ml, "google_artifact_registry_repository_iam_member");
    const on = (role: string) =>
      grants.filter((grant) => grant.role === `roles/artifactregistry.${role}`).map(({ repository }) => repository);
    expect(on("reader").sort()).toEqual([...byName.keys()].sort());
    expect(on("writer").sort()).toEqual(["acme-test-images", "acme-test-packages", "acme-test-pipelines"]);
    for (const grant of grants) expect(grant.member).toBe(MEMBER);
  });
});

describe("the topic of retrain events", () => {
  const topics = () => {
    let reference = "";
    const stacks = onGcp(({ platform, layer }) => {
      const topic = platform.eventTopic(layer("data"), "Retrain");
      topic.grants.publish(platform.workloadIdentity(layer("ml"), "Pipelines", { workload: "pipelines" }));
      reference = topic.reference;
    });
    return { data: stacks.data, ml: stacks.ml, reference };
  };

  it("is encrypted, stays in the region, and can be replayed for a week", () => {
    const [topic] = resources(topics().data, "google_pubsub_topic").filter(({ name }) => name === "acme-test-retrain");
    expect(topic).toMatchObject({
      kms_key_name: `${KEYS}/events`,
      message_retention_duration: "604800s",
      message_storage_policy: { allowed_persistence_regions: ["asia-northeast3"] },
    });
  });

  it("has another beside it that keeps what could not be delivered as long as Pub/Sub does, whether read or not", () => {
    const { data } = topics();
    expect(resources(data, "google_pubsub_topic").map(({ name }) => name)).toContain("acme-test-retrain-undelivered");
    expect(only(data, "google_pubsub_subscription")).toMatchObject({
      message_retention_duration: "2678400s",
      expiration_policy: { ttl: "" },
    });
    expect(only(data, "google_pubsub_topic_iam_member")).toMatchObject({
      role: "roles/pubsub.publisher",
      member: "serviceAccount:service-100000000009@gcp-sa-pubsub.iam.gserviceaccount.com",
    });
  });

  it("is published to by whom that is granted to", () => {
    const { ml, reference } = topics();
    expect(reference).toBe("projects/acme-ml-test/topics/acme-test-retrain");
    expect(only(ml, "google_pubsub_topic_iam_member")).toMatchObject({
      topic: reference,
      role: "roles/pubsub.publisher",
      member: MEMBER,
    });
  });
});
