import { AzureEstate } from "../../lib/azure/estate";
import { AzurePublishedPipeline, publishedPipelineId, publishedPipelineUri } from "../../lib/azure/published-pipeline";
import { estate, inWorkspace, ofType } from "./ml-support";
import { onAzure, only, PRODUCTION, resources } from "./support";

const compiled = (alpha: string) =>
  JSON.stringify({
    type: "pipeline",
    display_name: "diabetes",
    inputs: { alpha: { type: "number", default: alpha } },
    jobs: { run: { type: "command", inputs: { alpha: { value: `$${"{{parent.inputs.alpha}}"}` } } } },
  });

function published(text?: string, compute = "training") {
  return onAzure(({ layer }) => {
    const own = new AzureEstate(PRODUCTION);
    own.share("trainingCompute", compute);
    const definition = { project: "my-diabetes", parameters: {}, ...(text === undefined ? {} : { compiled: text }) };
    const pipeline = new AzurePublishedPipeline(layer("delivery"), "Pipeline", definition, own);
    layer("delivery").addOutput("component", pipeline.component ?? "none", "Looked at below.");
  }).delivery;
}

describe("a published pipeline", () => {
  it("is called at an address of its project, with an Entra token", () => {
    const [endpoint] = ofType(published(), "batchEndpoints");
    expect(endpoint).toMatchObject({
      parent_id: estate.workspaceId,
      location: PRODUCTION.region,
      body: { properties: { authMode: "AADToken" } },
    });
    expect(publishedPipelineUri(estate, "my-diabetes")).toBe(
      `https://${endpoint?.name}.koreacentral.inference.ml.azure.com/jobs`,
    );
    expect(publishedPipelineId(estate, "my-diabetes")).toBe(inWorkspace(`batchEndpoints/${endpoint?.name}`));
  });

  it("stands without a deployment until it is compiled", () => {
    const delivery = published();
    expect(resources(delivery, "azapi_resource")).toHaveLength(1);
    expect(resources(delivery, "azapi_update_resource")).toEqual([]);
    expect(delivery?.output.component?.value).toBe("none");
  });

  it("answers with the newest compilation, which is a version and a deployment of its own", () => {
    const one = published(compiled("0.1"));
    const [component] = ofType(one, "components/versions");
    const [deployment] = ofType(one, "batchEndpoints/deployments");
    expect(component?.parent_id).toBe(inWorkspace("components/my_diabetes"));
    expect(component).toMatchObject({
      lifecycle: { create_before_destroy: true },
      body: { properties: { componentSpec: { type: "pipeline", name: "my_diabetes", version: component?.name } } },
    });
    expect(deployment).toMatchObject({
      name: `p${component?.name}`,
      lifecycle: { create_before_destroy: true },
      body: {
        properties: {
          deploymentConfiguration: {
            deploymentConfigurationType: "PipelineComponent",
            componentId: { assetId: expect.stringMatching(/^\$\{azapi_resource\..*Component.*\.id\}$/) },
            settings: { default_compute: "azureml:training" },
          },
        },
      },
    });
    expect(only(one, "azapi_update_resource")).toMatchObject({
      body: { properties: { defaults: { deploymentName: deployment?.name } } },
      depends_on: [expect.stringMatching(/^azapi_resource\..*Deployment/)],
    });
    expect(one?.output.component?.value).toBe(inWorkspace(`components/my_diabetes/versions/${component?.name}`));
    const [other] = ofType(published(compiled("0.2")), "components/versions");
    expect(other?.name).not.toBe(component?.name);
  });

  it("keeps Azure ML's own templates from Terraform", () => {
    const [component] = ofType(published(compiled("0.1")), "components/versions");
    expect(JSON.stringify(component)).toContain(`$$${"{{parent.inputs.alpha}}"}`);
  });

  it("runs on the machines of the training, serverless ones too", () => {
    const [deployment] = ofType(published(compiled("0.1"), "serverless"), "batchEndpoints/deployments");
    expect(JSON.stringify(deployment)).toContain('"azureml:serverless"');
  });

  it("is refused when it is something else", () => {
    expect(() => published("type: command")).toThrow(/my-diabetes is no pipeline component/);
  });
});
