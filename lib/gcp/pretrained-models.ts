import type { IPretrainedModels, PretrainedModelsProps } from "../contracts/model-services";
import { Construct } from "../framework";
import { OrgPolicyPolicy } from "./bindings";
import type { GcpEstate } from "./estate";

/** https://cloud.google.com/vertex-ai/generative-ai/docs/control-model-access#policy-details */
const CONSTRAINT = "vertexai.allowedModels";
const ACTIONS = ["predict", "deploy", "tune"] as const;

/**
 * Model Garden, limited by an organisation policy of the project: what is not allowed can be neither called nor deployed
 * nor tuned, by nobody. Whoever deploys this needs `roles/orgpolicy.policyAdmin` in the organisation.
 */
export class GcpPretrainedModels extends Construct implements IPretrainedModels {
  readonly uri: string;

  constructor(scope: Construct, id: string, { allowed }: PretrainedModelsProps, estate: GcpEstate) {
    super(scope, id);
    const { project } = estate.settings;
    new OrgPolicyPolicy(this, "Allowed", {
      name: `projects/${project}/policies/${CONSTRAINT}`,
      parent: `projects/${project}`,
      spec: {
        // What the organisation forbids stays forbidden, and what it allows by name itself stays allowed.
        inheritFromParent: true,
        rules: [{ values: { allowedValues: valuesOf(allowed) } }],
      },
    });
    this.uri = `https://console.cloud.google.com/vertex-ai/model-garden?project=${project}`;
  }
}

/** `publishers/PUBLISHER/models/MODEL:ACTION`, sorted; a model that names its action keeps to it. */
function valuesOf(allowed: readonly string[]): string[] {
  return [...new Set(allowed)]
    .sort()
    .flatMap((model) => (model.includes(":") ? [model] : ACTIONS.map((action) => `${model}:${action}`)));
}
