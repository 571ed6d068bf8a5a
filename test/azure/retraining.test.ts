import type { AzureSettings } from "../../lib/azure/parts/settings";
import type { PipelineDefinition } from "../../lib/contracts/pipeline-definitions";
import { provided } from "../contracts/harness";
import type { SynthesizedStack } from "../support/synth";
import { rolesOf } from "./roles";
import { type AzureBench, DEVELOPMENT, onAzure, only, PRODUCTION, resources } from "./support";

const QUEUE = /\/namespaces\/acme-test-events-\w+\/queues\/retrain$/;
const SUBSCRIPTION = "azurerm_eventgrid_system_topic_event_subscription";

/** Stores, queue and ledger that the handler works with. */
function stored({ platform, layer }: AzureBench, newData: boolean) {
  const data = layer("data");
  const datasets = provided(platform.objectStore(data, "Datasets", { purpose: "datasets" }));
  return {
    topic: platform.eventTopic(data, "Topic"),
    packages: provided(platform.objectStore(data, "Packages", { purpose: "packages" })),
    ledger: provided(platform.metadataDatabase(data, "Database", { class: "db-small", highAvailability: true })),
    ...(newData ? { newDataIn: datasets } : {}),
  };
}

/** The delivery layer with the handler. */
function handler(newData = true, settings: AzureSettings = PRODUCTION): SynthesizedStack | undefined {
  return onAzure((bench) => {
    const { platform, layer } = bench;
    platform.pipelineTrigger(layer("delivery"), "Retrain", {
      ...stored(bench, newData),
      identity: platform.workloadIdentity(layer("delivery"), "Trigger", { workload: "trigger" }),
      projects: ["diabetes", "churn"],
      cooldownMinutes: 60,
    });
  }, settings).delivery;
}

/** A subscription by its name. */
function subscription(name: string): Record<string, unknown> | undefined {
  return resources(handler(), SUBSCRIPTION).find((made) => made.name === name);
}

describe("the handler of retrain events", () => {
  test("runs on Container Apps inside the network, and one of it always stands", () => {
    const app = only(handler(), "azurerm_container_app");
    expect(app).toMatchObject({
      container_app_environment_id: expect.stringMatching(/managedEnvironments\/acme-test-ml$/),
      template: { min_replicas: 1, container: [{ image: expect.stringMatching(/\/trigger@sha256:c+$/) }] },
      dapr: { app_id: "trigger", app_port: 8080 },
      ingress: { allow_insecure_connections: false },
    });
    const [{ env }] = (app.template as { container: [{ env: readonly { name: string; value: string }[] }] }).container;
    const given = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    expect(given).toMatchObject({
      ENVIRONMENT: "test",
      SUBMITTER: "azureml",
      PROJECTS: "diabetes,churn",
      COOLDOWN_MINUTES: "60",
      LEDGER_DATABASE: "ledger",
      LEDGER_USER: "acme-test-trigger",
      PIPELINE_ROOT: expect.stringMatching(/^https:\/\/\w+\.blob\.core\.windows\.net\/artifacts\/pipelines$/),
    });
    expect(Object.keys(JSON.parse(given.PIPELINE_URIS ?? ""))).toEqual(["churn", "diabetes"]);
  });

  test("starts anew with its schedules: the sidecar reads them once", () => {
    const scheduled = (cron: string) =>
      onAzure((bench) => {
        const { platform, layer } = bench;
        platform.schedule(layer("delivery"), "Schedule-churn", { project: "churn", cron });
        platform.pipelineTrigger(layer("delivery"), "Retrain", {
          ...stored(bench, false),
          identity: platform.workloadIdentity(layer("delivery"), "Trigger", { workload: "trigger" }),
          projects: ["churn"],
          cooldownMinutes: 60,
        });
      }).delivery;
    const app = (cron: string) => only(scheduled(cron), "azurerm_container_app");
    expect(app("0 3 * * 1").depends_on).toEqual(
      expect.arrayContaining([expect.stringContaining("dapr_component.Schedule-churn_")]),
    );
    expect(JSON.stringify(app("0 3 * * 1").template)).toContain("CRON_TZ=Etc/UTC 0 0 3 * * 1");
    expect(app("0 3 * * 1").template).not.toEqual(app("0 4 * * 1").template);
  });

  test("is left out and named while its image is not built", () => {
    const { trigger: _, ...images } = DEVELOPMENT.images;
    onAzure(
      (bench) => {
        const { platform, layer } = bench;
        const identity = platform.workloadIdentity(layer("delivery"), "Trigger", { workload: "trigger" });
        const made = platform.pipelineTrigger(layer("delivery"), "Retrain", {
          ...stored(bench, false),
          identity,
          projects: [],
          cooldownMinutes: 1,
        });
        expect(made).toEqual({ lacking: expect.stringContaining("trigger") });
      },
      { ...DEVELOPMENT, images },
    );
  });

  test("gets the queue's messages by a binding without a key, before which it does not start", () => {
    const stack = handler();
    const binding = only(stack, "azurerm_container_app_environment_dapr_component");
    const metadata = binding.metadata as readonly { name: string; value: string }[];
    expect(binding).toMatchObject({ component_type: "bindings.azure.servicebusqueues", scopes: ["trigger"] });
    expect(Object.fromEntries(metadata.map(({ name, value }) => [name, value]))).toMatchObject({
      namespaceName: expect.stringMatching(/^acme-test-events-\w+\.servicebus\.windows\.net$/),
      queueName: "retrain",
      azureClientId: expect.stringMatching(/client_id\}$/),
      route: "/events/servicebus",
      disableEntityManagement: "true",
    });
    expect(JSON.stringify(binding)).not.toMatch(/connectionString|secret/i);
    expect(only(stack, "azurerm_container_app").depends_on).toEqual(
      expect.arrayContaining([expect.stringMatching(/dapr_component\.Retrain_Queue/)]),
    );
  });

  test("may read and fill the queue, pull its image and submit; nothing else", () => {
    expect(rolesOf(handler(), "trigger")).toEqual([
      expect.stringMatching(/^AcrPull on registries\/acmetestimages/),
      "Azure Service Bus Data Receiver on queues/retrain",
      "Azure Service Bus Data Sender on queues/retrain",
      "AzureML Data Scientist on workspaces/acme-test-ml",
      expect.stringMatching(/^Storage Blob Data Contributor on storageAccounts\//),
    ]);
  });
});

describe("what Azure itself tells of", () => {
  test("goes to the queue under an identity that may send there, and what cannot lies aside", () => {
    const stack = handler();
    for (const made of resources(stack, SUBSCRIPTION)) {
      expect(made).toMatchObject({
        service_bus_queue_endpoint_id: expect.stringMatching(QUEUE),
        delivery_identity: { type: "UserAssigned", user_assigned_identity: expect.stringMatching(/acme-test-events$/) },
        dead_letter_identity: { type: "UserAssigned" },
        storage_blob_dead_letter_destination: { storage_blob_container_name: "undelivered-events" },
        retry_policy: { max_delivery_attempts: 30, event_time_to_live: 1440 },
        event_delivery_schema: "CloudEventSchemaV1_0",
      });
      expect(made).not.toHaveProperty("webhook_endpoint");
    }
    expect(rolesOf(stack, "events")).toEqual([
      "Azure Service Bus Data Sender on queues/retrain",
      "Storage Blob Data Contributor on containers/undelivered-events",
    ]);
    expect(only(stack, "azurerm_storage_container")).toMatchObject({
      container_access_type: "private",
      lifecycle: { prevent_destroy: true },
    });
    expect(only(handler(true, DEVELOPMENT), "azurerm_storage_container")).not.toHaveProperty("lifecycle");
  });

  test("is a new object in the container of the data, where that is wanted", () => {
    expect(subscription("new-data")).toMatchObject({
      included_event_types: ["Microsoft.Storage.BlobCreated"],
      subject_filter: { subject_begins_with: "/blobServices/default/containers/datasets/" },
    });
    const topics = resources(handler(false), "azurerm_eventgrid_system_topic");
    expect(topics.map(({ topic_type: type }) => type)).toEqual(["Microsoft.MachineLearningServices.Workspaces"]);
  });

  test("is a registered model, and a monitor's finding of drift but no other change of a run", () => {
    expect(subscription("new-model")).toMatchObject({
      included_event_types: ["Microsoft.MachineLearningServices.ModelRegistered"],
    });
    expect(subscription("drift")).toMatchObject({
      included_event_types: ["Microsoft.MachineLearningServices.RunStatusChanged"],
      advanced_filter: {
        string_contains: [
          {
            key: "data.RunTags.azureml_modelmonitor_threshold_breached",
            values: ["has failed due to one or more features violating metric thresholds"],
          },
        ],
      },
    });
  });
});

describe("definitions", () => {
  function definitions(definition: Partial<PipelineDefinition> = {}) {
    let settings: Readonly<Record<string, string>> = {};
    const { delivery: stack } = onAzure(({ platform, layer }) => {
      const packages = provided(platform.objectStore(layer("data"), "Packages", { purpose: "packages" }));
      const all = [{ project: "diabetes", parameters: { "train.alpha": 0.4 }, ...definition }];
      ({ settings } = platform.pipelineDefinitions(layer("delivery"), "Definitions", { packages, definitions: all }));
    });
    const made = resources(stack, "azapi_resource");
    return { settings, stack, assets: made.filter(({ type }) => String(type).includes("/data/versions@")), made };
  }

  test("have a version by their content, so that a change is a new one and runs keep theirs", () => {
    const [first, second] = [definitions(), definitions({ parameters: { "train.alpha": 0.5 } })];
    expect(first.settings.diabetes).toMatch(/^azureml:definition-diabetes:[0-9a-f]{16}$/);
    expect(first.settings).toEqual(definitions().settings);
    expect(first.settings).not.toEqual(second.settings);
    expect(first.assets).toEqual([
      expect.objectContaining({
        name: first.settings.diabetes?.split(":").at(-1),
        parent_id: expect.stringMatching(/workspaces\/acme-test-ml\/data\/definition-diabetes$/),
        lifecycle: { create_before_destroy: true },
      }),
    ]);
  });

  test("hold the settings themselves, as they are", () => {
    const [asset] = definitions({ parameters: { "train.alpha": 0.4, note: "a ${b}", list: [1, 2] } }).assets;
    expect(asset?.body).toMatchObject({
      properties: {
        dataType: "uri_folder",
        dataUri: expect.stringMatching(/\/packages\/definitions\/diabetes\/$/),
        properties: { "train.alpha": "0.4", note: '"a $${b}"', list: "[1,2]" },
      },
    });
  });

  test("come with the project's published pipeline", () => {
    const { made } = definitions();
    expect(made.map(({ type }) => String(type).replace(/@.*/, ""))).toContain(
      "Microsoft.MachineLearningServices/workspaces/batchEndpoints",
    );
  });
});
