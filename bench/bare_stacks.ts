/**
 * The peer of synth on a cloud: the bare engine with as many stacks, resources and outputs of the same types and attributes,
 * and the same bindings loaded. Reads what `mlops synth` has written: `bare_stacks.ts FOLDER OUTDIR`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { App, LocalBackend, TerraformOutput, TerraformResource, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { GoogleProvider } from "../lib/gcp/bindings";

class Resource extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    type: string,
    private readonly attributes: Record<string, unknown>,
  ) {
    super(scope, id, { terraformResourceType: type, terraformGeneratorMetadata: { providerName: "google" } });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return this.attributes;
  }
}

interface Written {
  readonly resource?: Record<string, Record<string, Record<string, unknown>>>;
  readonly output?: Record<string, unknown>;
}

const [folder = "", outdir = "cdktf.out"] = process.argv.slice(2);
const app = new App({ outdir, stackTraces: false });
for (const name of readdirSync(join(folder, "stacks"))) {
  const written = JSON.parse(readFileSync(join(folder, "stacks", name, "cdk.tf.json"), "utf8")) as Written;
  const stack = new TerraformStack(app, name);
  new LocalBackend(stack, { path: `${name}.tfstate` });
  new GoogleProvider(stack, "Google", {});
  for (const [type, byId] of Object.entries(written.resource ?? {})) {
    for (const [id, { "//": _metadata, ...attributes }] of Object.entries(byId)) {
      new Resource(stack, `${type}-${id}`, type, attributes);
    }
  }
  for (const key of Object.keys(written.output ?? {})) new TerraformOutput(stack, key, { value: key });
}
app.synth();
