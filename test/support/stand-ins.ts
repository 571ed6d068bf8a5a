/** Resources as a provider's bindings would give them, without the provider. */
import { type Construct, TerraformResource } from "../../lib/framework";

export interface StandInProps {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A Google Cloud resource with a name and labels. */
export class StandIn extends TerraformResource {
  /** What was given for `labels`, as bindings expose it. */
  labelsInput: Readonly<Record<string, string>> | undefined;
  private readonly nameInput: string | undefined;

  constructor(scope: Construct, id: string, { name, labels }: StandInProps = {}) {
    super(scope, id, { terraformResourceType: "google_thing" });
    this.nameInput = name;
    this.labelsInput = labels;
  }

  /** Known only when deployed. */
  get name(): string {
    return this.getStringAttribute("name");
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { name: this.nameInput, labels: this.labelsInput };
  }
}
