/** The peer of synth: the bare engine with the same number of stacks, resources and outputs, and nothing else. */
import { App, LocalBackend, TerraformOutput, TerraformResource, TerraformStack } from "cdktf";

const [outdir = "cdktf.out", ...sizes] = process.argv.slice(2);

const app = new App({ outdir, stackTraces: false });
for (const [index, outputs] of sizes.map(Number).entries()) {
  const stack = new TerraformStack(app, `stack-${index}`);
  new LocalBackend(stack, { path: `stack-${index}.tfstate` });
  new TerraformResource(stack, "Resource", {
    terraformResourceType: "terraform_data",
    terraformGeneratorMetadata: { providerName: "terraform" },
  });
  for (let output = 0; output < outputs; output++) new TerraformOutput(stack, `output-${output}`, { value: output });
}
app.synth();
