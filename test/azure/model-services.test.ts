import { around, estate, inWorkspace, rightsOf, there } from "./ml-support";
import { onAzure, only, PRODUCTION } from "./support";

describe("services that steps use", () => {
  const jobs = `https://management.azure.com${inWorkspace("jobs")}`;

  it("train without code on each project's table, where it lies", () => {
    onAzure(({ platform, layer }) => {
      const { reference } = there(platform.autoMl(layer("ml"), "AutoMl", { projects: ["diabetes", "churn"] }));
      expect(JSON.parse(reference)).toEqual({
        jobs,
        trainingData: {
          churn: "azureml://datastores/datasets/paths/churn/automl",
          diabetes: "azureml://datastores/datasets/paths/diabetes/automl",
        },
      });
    });
  });

  it("allow the pretrained models that are named, and no others that only begin alike", () => {
    const { ml } = onAzure(({ platform, layer }) => {
      const allowed = [
        "azureml://registries/azureml-meta/models/Llama-2-7b/versions/14",
        "azureml://registries/azureml/models/gpt2",
        "azureml://registries/azureml/models/gpt2",
      ];
      const { uri } = there(platform.pretrainedModels(layer("ml"), "Pretrained", { allowed }));
      expect(uri).toBe(`https://ml.azure.com/model/catalog?wsid=${estate.workspaceId}&tid=${PRODUCTION.tenant}`);
    });
    const policy = only(ml, "azurerm_resource_policy_assignment");
    expect(policy).toMatchObject({ resource_id: estate.workspaceId, enforce: true });
    expect(JSON.parse(`${policy.parameters}`)).toEqual({
      effect: { value: "Deny" },
      allowedPublishers: { value: [] },
      allowedAssetIds: {
        value: [
          "azureml://registries/azureml-meta/models/Llama-2-7b/versions/14",
          "azureml://registries/azureml/models/gpt2/",
        ],
      },
    });
  });

  describe("process large data", () => {
    const processing = () => {
      let reference = "";
      const stacks = onAzure((bench) => {
        reference = there(bench.platform.dataProcessing(bench.layer("ml"), "Processing", around(bench))).reference;
      });
      return { ml: stacks.ml, reference: JSON.parse(reference) as unknown };
    };

    it("with serverless Spark, as the pipelines' identity", () => {
      expect(processing().reference).toEqual({
        jobs,
        identity: { identityType: "Managed", resourceId: estate.identity("pipelines") },
        resources: { instanceType: "standard_e4s_v3", runtimeVersion: "3.4" },
        staging: "azureml://datastores/artifacts/paths/processing/staging",
        temporary: "azureml://datastores/artifacts/paths/processing/temporary",
      });
      // A job's identity has to be one of the workspace's.
      expect(only(processing().ml, "azurerm_machine_learning_workspace")).toMatchObject({
        identity: { identity_ids: expect.arrayContaining([estate.identity("pipelines")]) },
      });
    });

    it("may read and write the stores, and use the workspace", () => {
      expect(rightsOf(processing().ml, "Pipelines")).toEqual(
        [
          `AzureML Data Scientist on ${estate.workspaceId}`,
          `Storage Blob Data Contributor on ${estate.storageAccountId("artifacts")}`,
          `Storage Blob Data Contributor on ${estate.containerId("artifacts")}`,
          `Storage Blob Data Contributor on ${estate.containerId("datasets")}`,
        ].sort(),
      );
    });

    it("in the workspace's network, which is made ready for Spark after its rules", () => {
      const ready = only(processing().ml, "azapi_resource_action");
      expect(ready).toMatchObject({
        resource_id: estate.workspaceId,
        action: "provisionManagedNetwork",
        method: "POST",
        body: { includeSpark: true },
      });
      expect(ready.depends_on).toEqual(
        expect.arrayContaining([expect.stringContaining("network_outbound_rule_private_endpoint.")]),
      );
    });
  });
});
