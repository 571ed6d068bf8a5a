import type { Layer } from "../contracts/layers";
import { escapeTemplate, escapeTemplates } from "../core/escape";
import { type Construct, TerraformResource, TerraformStack } from "../framework";
import { fromStack, type LocalEstate } from "./estate";
import { type LayerDefinition, layerDigest, type PartDefinition } from "./parts";

const ID = "Parts";

/**
 * The parts of one layer as one `terraform_data` resource, which never leaves the config: its `input` is the layer's
 * definition, and a changed digest replaces it, new before old, so that the create provisioner converges the layer and
 * the old one's destroy provisioner finds itself superseded. When the layer is destroyed, the destroy provisioner stops it.
 *
 * Not the engine's `DataResource`, which starts `terraform version` once per stack to validate itself.
 */
export class LocalLayer extends TerraformResource {
  private readonly parts: PartDefinition[] = [];

  constructor(
    scope: TerraformStack,
    private readonly estate: LocalEstate,
    private readonly layer: Layer,
  ) {
    super(scope, ID, {
      terraformResourceType: "terraform_data",
      terraformGeneratorMetadata: { providerName: "terraform" },
      lifecycle: { createBeforeDestroy: true },
    });
    // An override, because the engine's own provisioners rewrite the names of environment variables.
    this.addOverride("provisioner", [
      { "local-exec": this.provision("apply") },
      { "local-exec": { ...this.provision("destroy"), when: "destroy" } },
    ]);
  }

  /** The layer's parts, wherever in its stack one asks. */
  static of(scope: Construct): LocalLayer {
    const parts = TerraformStack.of(scope).node.tryFindChild(ID);
    if (parts instanceof LocalLayer) return parts;
    throw new Error(
      `${scope.node.path}: the stack ${TerraformStack.of(scope).node.id} is not attached to the local platform`,
    );
  }

  /** Adds a part. Names are unique within an estate. */
  add(part: PartDefinition): void {
    if (this.parts.some(({ name }) => name === part.name)) {
      throw new Error(`${this.node.path}: two parts are called ${part.name}`);
    }
    this.parts.push(part);
  }

  /** Replaces the part of this name by what `change` makes of it; adds it when there is none. */
  change<P extends PartDefinition>(name: P["name"], change: (part: P | undefined) => P): void {
    const index = this.parts.findIndex((part) => part.name === name);
    const changed = change(this.parts[index] as P | undefined);
    this.parts.splice(index < 0 ? this.parts.length : index, 1, changed);
  }

  /** What Terraform records and the runtime makes real. */
  get definition(): LayerDefinition {
    const { environment, directory } = this.estate;
    return { version: 1, environment, layer: this.layer, directory, parts: [...this.parts] };
  }

  /** Digest of the definition: when it changes, the layer is converged again. */
  get digest(): string {
    return layerDigest(this.definition);
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { input: escapeTemplates(this.definition), triggers_replace: { digest: this.digest } };
  }

  private provision(verb: "apply" | "destroy") {
    return {
      // Where the code lies is told by whoever runs Terraform, so that a stack is the same bytes wherever it is made.
      command: `node "$\${MLOPS_CODE_ROOT:-${this.estate.workspace}}/lib/local/runtime/provision.cjs" ${verb}`,
      environment: {
        MLOPS_LAYER: "${jsonencode(self.input)}",
        MLOPS_DIGEST: "${self.triggers_replace.digest}",
        MLOPS_WORKSPACE: this.estate.workspace,
      },
    };
  }
}

/** The state of a layer, seen from its stack's folder. */
export function stateFile(estate: LocalEstate, layer: Layer): string {
  return escapeTemplate(fromStack(estate, "state", `${estate.environment}-${layer}.tfstate`));
}
