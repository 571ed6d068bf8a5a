import type { PipelineDefinition } from "../../lib/contracts/pipeline-definitions";
import { provided } from "../contracts/harness";
import type { SynthesizedStack } from "../support/synth";
import { rolesOf } from "./roles";
import { type GcpBench, onGcp, only, resources } from "./support";

test("a schedule sends the project's retrain event to the environment's topic, in its time zone", () => {
  const { delivery: stack } = onGcp(({ platform, layer }) => {
    platform.schedule(layer("delivery"), "S", { project: "diabetes", cron: "0 3 * * 1", timeZone: "Asia/Seoul" });
  });
  const job = only(stack, "google_cloud_scheduler_job");
  expect(job).toMatchObject({
    schedule: "0 3 * * 1",
    time_zone: "Asia/Seoul",
    pubsub_target: {
      topic_name: "projects/acme-ml-test/topics/acme-test-retrain",
      attributes: { project: "diabetes" },
    },
    retry_config: { retry_count: 5 },
  });
  const { data } = job.pubsub_target as { data: string };
  expect(JSON.parse(Buffer.from(data, "base64").toString())).toEqual({
    project: "diabetes",
    reason: "schedule",
    parameters: {},
  });
});

describe("the handler of retrain events", () => {
  function handler(newData = true): SynthesizedStack | undefined {
    return onGcp((bench) => {
      const { platform, layer } = bench;
      platform.pipelineTrigger(layer("delivery"), "Retrain", {
        ...stored(bench, newData),
        identity: platform.workloadIdentity(layer("delivery"), "Trigger", { workload: "trigger" }),
        projects: ["diabetes", "churn"],
        cooldownMinutes: 60,
      });
    }).delivery;
  }

  function stored({ platform, layer }: GcpBench, newData: boolean) {
    const data = layer("data");
    const datasets = platform.objectStore(data, "Datasets", { purpose: "datasets" });
    return {
      topic: platform.eventTopic(data, "Topic"),
      packages: platform.objectStore(data, "Packages", { purpose: "packages" }),
      ledger: platform.metadataDatabase(data, "Database", { class: "db-small", highAvailability: true }),
      ...(newData ? { newDataIn: datasets } : {}),
    };
  }

  test("runs on Cloud Run, reached from the inside only", () => {
    const service = only(handler(), "google_cloud_run_v2_service");
    expect(service).toMatchObject({ ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" });
    expect(JSON.stringify(service)).toContain("acme-test-images/trigger@sha256:");
    expect(JSON.stringify(service)).toContain('"value":"diabetes,churn"');
    // What lies elsewhere in that bucket never expires.
    expect(JSON.stringify(service)).toMatch(
      /"name":"PIPELINE_ROOT","value":"gs:\/\/acme-test-artifacts-\w+\/pipelines"/,
    );
  });

  test("gets the topic's events signed, again and again, until they are put aside", () => {
    const uri = "https://acme-test-trigger-100000000009.asia-northeast3.run.app";
    expect(only(handler(), "google_pubsub_subscription")).toMatchObject({
      topic: "projects/acme-ml-test/topics/acme-test-retrain",
      push_config: {
        push_endpoint: `${uri}/events/pubsub`,
        oidc_token: { service_account_email: "acme-test-events@acme-ml-test.iam.gserviceaccount.com", audience: uri },
      },
      dead_letter_policy: {
        dead_letter_topic: "projects/acme-ml-test/topics/acme-test-retrain-undelivered",
        max_delivery_attempts: 10,
      },
      retry_policy: { minimum_backoff: "10s", maximum_backoff: "600s" },
      expiration_policy: { ttl: "" },
    });
    expect(only(handler(), "google_pubsub_subscription_iam_member")).toMatchObject({
      role: "roles/pubsub.subscriber",
      member: "serviceAccount:service-100000000009@gcp-sa-pubsub.iam.gserviceaccount.com",
    });
  });

  test("hears of new objects in the bucket of the data, where that is wanted", () => {
    const { matching_criteria: criteria } = only(handler(), "google_eventarc_trigger");
    expect(criteria).toEqual([
      { attribute: "type", value: "google.cloud.storage.object.v1.finalized" },
      { attribute: "bucket", value: expect.stringMatching(/^acme-test-datasets-/) },
    ]);
    expect(resources(handler(false), "google_eventarc_trigger")).toEqual([]);
    expect(rolesOf(handler(false), "events")).toEqual(["roles/run.invoker on cloud_run_v2_service"]);
  });

  test("hears of drift by a sink that may publish under an identity of its own", () => {
    const stack = handler();
    expect(only(stack, "google_logging_project_sink")).toMatchObject({
      destination: "pubsub.googleapis.com/projects/acme-ml-test/topics/acme-test-retrain",
      filter: expect.stringContaining('jsonPayload.event="drift"'),
      unique_writer_identity: true,
    });
    expect(only(stack, "google_pubsub_topic_iam_member")).toMatchObject({
      role: "roles/pubsub.publisher",
      member: expect.stringMatching(/^\$\{google_logging_project_sink\..*writer_identity\}$/),
    });
  });

  test("may start pipelines as the pipelines' account; who calls it may only call", () => {
    expect(rolesOf(handler(), "trigger")).toEqual([
      "roles/aiplatform.user on project",
      "roles/iam.serviceAccountUser on service_account",
    ]);
    expect(rolesOf(handler(), "events")).toEqual([
      "roles/eventarc.eventReceiver on project",
      "roles/run.invoker on cloud_run_v2_service",
    ]);
  });
});

describe("definitions", () => {
  function definitions(definition: Partial<PipelineDefinition> = {}) {
    let settings: Readonly<Record<string, string>> = {};
    const { delivery: stack } = onGcp(({ platform, layer }) => {
      const packages = provided(platform.objectStore(layer("data"), "Packages", { purpose: "packages" }));
      const all = [{ project: "diabetes", parameters: { "train.alpha": 0.4 }, ...definition }];
      ({ settings } = platform.pipelineDefinitions(layer("delivery"), "Definitions", { packages, definitions: all }));
    });
    return { settings, objects: resources(stack, "google_storage_bucket_object") };
  }

  test("are named by their content, so that a change is a new object", () => {
    const [first, second] = [definitions(), definitions({ parameters: { "train.alpha": 0.5 } })];
    expect(first.settings.diabetes).toMatch(
      /^gs:\/\/acme-test-packages-\w+\/definitions\/diabetes\/settings-[0-9a-f]{16}\.json$/,
    );
    expect(first.settings).toEqual(definitions().settings);
    expect(first.settings).not.toEqual(second.settings);
    expect(first.objects[0]).toMatchObject({
      content: '{\n  "train.alpha": 0.4\n}\n',
      cache_control: expect.stringContaining("immutable"),
      lifecycle: { create_before_destroy: true },
    });
  });

  test("bring the compiled pipeline when it comes with the estate, as it is", () => {
    const { objects } = definitions({ compiled: "command: echo ${HOME}\n" });
    expect(objects.map(({ name }) => String(name).replace(/-[0-9a-f]+\./, "."))).toEqual([
      "definitions/diabetes/pipeline.yaml",
      "definitions/diabetes/settings.json",
    ]);
    expect(objects[0]?.content).toBe("command: echo $${HOME}\n");
    expect(definitions().objects).toHaveLength(1);
  });
});
