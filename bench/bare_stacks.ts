/**
 * The peer of synth on a cloud: the bare engine with as many stacks, resources and outputs of the same types and attributes,
 * and the same bindings loaded. Reads what `mlops synth` has written: `bare_stacks.ts FOLDER OUTDIR gcp|azure`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { App, LocalBackend, TerraformOutput, TerraformResource, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

class Resource extends TerraformResource {
  constructor(
    scope: Construct,
    id: string,
    type: string,
    private readonly attributes: Record<string, unknown>,
  ) {
    super(scope, id, {
      terraformResourceType: type,
      // Resources of a cloud's smaller providers count as its main one's.
      terraformGeneratorMetadata: { providerName: type.startsWith("az") ? "azurerm" : "google" },
    });
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return this.attributes;
  }
}

interface Written {
  readonly resource?: Record<string, Record<string, Record<string, unknown>>>;
  readonly output?: Record<string, unknown>;
}

/** The provider with the bindings of all that the cloud's constructs use. */
async function bindings(cloud: string): Promise<(stack: TerraformStack) => void> {
  if (cloud === "azure") {
    const { AzurermProvider } = await import("../lib/azure/bindings");
    return (stack) => void new AzurermProvider(stack, "Azurerm", { features: [{}] });
  }
  const { GoogleProvider } = await import("../lib/gcp/bindings");
  return (stack) => void new GoogleProvider(stack, "Google", {});
}

async function main([folder = "", outdir = "cdktf.out", cloud = "gcp"]: readonly string[]): Promise<void> {
  const provide = await bindings(cloud);
  const app = new App({ outdir, stackTraces: false });
  for (const name of readdirSync(join(folder, "stacks"))) {
    const written = JSON.parse(readFileSync(join(folder, "stacks", name, "cdk.tf.json"), "utf8")) as Written;
    const stack = new TerraformStack(app, name);
    new LocalBackend(stack, { path: `${name}.tfstate` });
    provide(stack);
    for (const [type, byId] of Object.entries(written.resource ?? {})) {
      for (const [id, { "//": _metadata, ...attributes }] of Object.entries(byId)) {
        new Resource(stack, `${type}-${id}`, type, attributes);
      }
    }
    for (const key of Object.keys(written.output ?? {})) new TerraformOutput(stack, key, { value: key });
  }
  app.synth();
}

main(process.argv.slice(2));
