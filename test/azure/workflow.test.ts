import type { AzureSettings } from "../../lib/azure/parts/settings";
import { provided } from "../contracts/harness";
import type { SynthesizedStack } from "../support/synth";
import { rolesOf } from "./roles";
import { DEVELOPMENT, onAzure, only, PRODUCTION } from "./support";

const FACTORY = "azurerm_data_factory";

function workflows(settings: AzureSettings = PRODUCTION) {
  let uri = "";
  const { delivery: stack } = onAzure(({ platform, layer }) => {
    const data = layer("data");
    const engine = provided(
      platform.workflowEngine(layer("delivery"), "Workflows", {
        topic: platform.eventTopic(data, "Topic"),
        packages: provided(platform.objectStore(data, "Packages", { purpose: "packages" })),
        identity: platform.workloadIdentity(layer("delivery"), "Trigger", { workload: "trigger" }),
        project: "diabetes",
      }),
    );
    ({ uri } = engine);
  }, settings);
  return { stack, uri };
}

function integration(settings: AzureSettings = PRODUCTION): SynthesizedStack | undefined {
  return onAzure(({ platform, layer }) => {
    platform.dataIntegration(layer("ml"), "Integration");
  }, settings).ml;
}

/** The one step of the bundled flow. */
function step(stack: SynthesizedStack | undefined) {
  const flow = only(stack, "azapi_resource") as {
    readonly type: string;
    readonly body: {
      readonly properties: {
        readonly activities: readonly {
          readonly typeProperties: {
            readonly url: string;
            readonly authentication: object;
            readonly body: {
              readonly containers: readonly { readonly env: readonly { name: string; value: string }[] }[];
            };
          };
        }[];
      };
    };
  };
  expect(flow.type).toMatch(/^Microsoft\.DataFactory\/factories\/pipelines@/);
  const [ask] = flow.body.properties.activities;
  if (!ask) throw new Error("the flow has no step");
  return ask.typeProperties;
}

describe("the workflow engine", () => {
  test("is a Data Factory in a network of its own, bound to no repository", () => {
    const { stack, uri } = workflows();
    const factory = only(stack, FACTORY);
    expect(factory).toMatchObject({ managed_virtual_network_enabled: true, public_network_enabled: false });
    expect(Object.keys(factory).filter((key) => /github|vsts/.test(key))).toEqual([]);
    expect(decodeURIComponent(uri)).toMatch(/^https:\/\/adf\.azure\.com\/.*factories\/acme-test-workflows-\w+$/);
  });

  test("is encrypted with the environment's own key where there is one", () => {
    expect(only(workflows().stack, FACTORY)).toMatchObject({
      customer_managed_key_id: expect.stringMatching(/vault\.azure\.net\/keys\/ml$/),
      customer_managed_key_identity_id: expect.stringMatching(/acme-test-encryption$/),
    });
    expect(only(workflows(DEVELOPMENT).stack, FACTORY)).not.toHaveProperty("customer_managed_key_id");
  });

  test("has a flow that sends the retrain event of its run, by a job inside the network", () => {
    const { stack } = workflows();
    const { url, authentication, body } = step(stack);
    expect(url).toMatch(
      /^https:\/\/management\.azure\.com\/subscriptions\/.*\/jobs\/acme-test-retrain-sender\/start\?/,
    );
    expect(authentication).toMatchObject({
      type: "UserAssignedManagedIdentity",
      credential: { referenceName: expect.stringMatching(/credential_user_managed_identity\.Workflows_.*\.name\}$/) },
    });
    const env = Object.fromEntries((body.containers[0]?.env ?? []).map(({ name, value }) => [name, value]));
    expect(env.RETRAIN_EVENT).toMatch(/^@concat\('\{"project":"diabetes","reason":"'/);
    expect(env.RETRAIN_EVENT).toContain(`',"dedupeKey":"workflow:', pipeline().RunId`);
    expect(env.RETRAIN_QUEUE).toMatch(/\/queues\/retrain$/);
    expect(only(stack, "azurerm_container_app_job")).toMatchObject({
      name: "acme-test-retrain-sender",
      manual_trigger_config: { parallelism: 1 },
      template: { container: [{ args: ["send"], image: expect.stringMatching(/\/trigger@sha256:/) }] },
    });
  });

  test("may start that job, which may send to the queue", () => {
    const { stack } = workflows();
    expect(rolesOf(stack, "workflows")).toEqual([
      expect.stringMatching(/^AcrPull on registries\//),
      "Azure Service Bus Data Sender on queues/retrain",
      expect.stringMatching(/^Container Apps Jobs Operator on \$\{azurerm_container_app_job\./),
    ]);
  });

  test("is left out and named while the image that sends is not built", () => {
    const { trigger: _, ...images } = DEVELOPMENT.images;
    expect(() => workflows({ ...DEVELOPMENT, images })).toThrow(/trigger/);
  });
});

describe("data flows without code", () => {
  test("stand in a factory of their own, whose machines are in its network", () => {
    const stack = integration();
    expect(only(stack, FACTORY).name).toMatch(/^acme-test-data-flows-/);
    expect(only(stack, "azurerm_data_factory_integration_runtime_azure")).toMatchObject({
      virtual_network_enabled: true,
    });
  });

  test("reach the datasets by a private endpoint, as an identity that works there only", () => {
    const stack = integration();
    expect(only(stack, "azurerm_data_factory_managed_private_endpoint")).toMatchObject({
      target_resource_id: expect.stringMatching(/storageAccounts\/acmetestdatasets\w+$/),
      subresource_name: "blob",
    });
    expect(rolesOf(stack, "data-flows")).toEqual(["Storage Blob Data Contributor on containers/datasets"]);
    const linked = only(stack, "azapi_resource");
    expect(linked.body).toMatchObject({
      properties: {
        connectVia: { type: "IntegrationRuntimeReference" },
        typeProperties: {
          credential: { referenceName: expect.stringMatching(/credential_user_managed_identity\.Integration_/) },
        },
      },
    });
    expect(JSON.stringify(linked)).not.toMatch(/AccountKey|sasUri/i);
  });
});
