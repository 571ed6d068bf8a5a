import type { IPretrainedModels, PretrainedModelsProps } from "../contracts/model-services";
import { stableJson } from "../core/hash";
import { Construct } from "../framework";
import { ResourcePolicyAssignment } from "./bindings";
import type { AzureEstate } from "./estate";

/**
 * "Azure Machine Learning Deployments should only use approved Registry Models",
 * https://learn.microsoft.com/en-us/azure/machine-learning/policy-reference. It lets a model through whose id contains one that is allowed.
 */
const APPROVED_MODELS = "/providers/Microsoft.Authorization/policyDefinitions/12e5dd16-d201-47ff-849b-8454061c293d";

/**
 * The model catalogue, limited by a policy on the workspace: a model of a registry that is not allowed cannot be deployed, by
 * nobody. The workspace's own models are no registry's. Whoever deploys this needs `Resource Policy Contributor` on the resource group.
 */
export class AzurePretrainedModels extends Construct implements IPretrainedModels {
  readonly uri: string;

  constructor(scope: Construct, id: string, { allowed }: PretrainedModelsProps, estate: AzureEstate) {
    super(scope, id);
    const { tenant } = estate.settings;
    new ResourcePolicyAssignment(this, "Allowed", {
      name: "approved-models",
      displayName: "Only approved models of the catalogue are deployed",
      resourceId: estate.workspaceId,
      policyDefinitionId: APPROVED_MODELS,
      enforce: true,
      parameters: stableJson({
        effect: { value: "Deny" },
        allowedPublishers: { value: [] },
        allowedAssetIds: { value: [...new Set(allowed)].sort().map(wholeName) },
      }),
      nonComplianceMessage: [{ content: "Not in pretrainedModels.allowed of this environment" }],
    });
    this.uri = `https://ml.azure.com/model/catalog?wsid=${estate.workspaceId}&tid=${tenant}`;
  }
}

/** The policy compares parts of ids: a name ends where it ends, so that `gpt2` does not allow `gpt2-large`. */
function wholeName(id: string): string {
  return id.endsWith("/") || /\/(versions|labels)\/[^/]+$/.test(id) ? id : `${id}/`;
}
