/** The one resource of a local layer, run by the real Terraform, with a stand-in for the script that converges a layer. */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LayerStack } from "../../lib/core/layer-stack";
import { App } from "../../lib/framework";
import { LocalLayer } from "../../lib/local/layer";
import type { LayerDefinition, PartDefinition } from "../../lib/local/parts";
import { LocalPlatform } from "../../lib/local/platform";
import { localEnvironment } from "../support/fixtures";
import { temporaryFolder } from "../support/folders";

/** Keeps the record that the real script keeps, and notes each call. */
const STAND_IN = `
const { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const definition = JSON.parse(process.env.MLOPS_LAYER);
const estate = join(process.env.MLOPS_WORKSPACE, definition.directory);
const record = join(estate, "layers", definition.layer + ".json");
const digest = process.env.MLOPS_DIGEST;
const verb = process.argv[2];
let did = "nothing";
if (verb === "apply") {
  mkdirSync(join(estate, "layers"), { recursive: true });
  writeFileSync(record, JSON.stringify({ digest, definition }));
  did = "converged";
} else if (existsSync(record) && JSON.parse(readFileSync(record, "utf8")).digest === digest) {
  rmSync(record);
  did = "stopped";
}
appendFileSync(join(estate, "calls.jsonl"), JSON.stringify({ verb, did, digest, argv: process.argv.slice(2) }) + "\\n");
if (existsSync(join(estate, "fail"))) process.exit(1);
`;

interface Call {
  readonly verb: string;
  readonly did: string;
  readonly digest: string;
}

/**
 * A workspace with a space and a template in its name, and one layer in it.
 * @param codeRoot where the code lies @default - in the workspace
 */
function workspace({ codeRoot }: { readonly codeRoot?: string } = {}) {
  const root = join(temporaryFolder(), "work space ${here}");
  const folder = join(root, "cdktf.out/stacks/local-ml");
  const script = join(codeRoot ?? root, "lib/local/runtime");
  for (const path of [folder, script]) mkdirSync(path, { recursive: true });
  writeFileSync(join(script, "provision.cjs"), STAND_IN);
  const { clouds } = localEnvironment();
  const platform = new LocalPlatform({ environment: "local", ...clouds.local, workspace: "../../.." });
  const estate = join(root, ".mlops/local");
  return {
    estate,
    state: join(estate, "state/local-ml.tfstate"),
    record: join(estate, "layers/ml.json"),
    write(...parts: PartDefinition[]): void {
      const app = new App({ outdir: temporaryFolder(), stackTraces: false });
      const stack = new LayerStack(app, { environment: "local", layer: "ml" });
      platform.attachTo(stack, "ml");
      for (const part of parts) LocalLayer.of(stack).add(part);
      writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(stack.toTerraform()));
    },
    terraform(...args: string[]): string {
      const env = {
        PATH: process.env.PATH,
        HOME: root,
        CHECKPOINT_DISABLE: "1",
        ...(codeRoot && { MLOPS_CODE_ROOT: codeRoot }),
      };
      return execFileSync("terraform", [...args, "-no-color"], { cwd: folder, env, encoding: "utf8", stdio: "pipe" });
    },
    calls(): Call[] {
      const file = join(estate, "calls.jsonl");
      if (!existsSync(file)) return [];
      const lines = readFileSync(file, "utf8").trim().split("\n");
      rmSync(file);
      return lines.map((line) => JSON.parse(line) as Call);
    },
    definition: () => JSON.parse(readFileSync(join(estate, "layers/ml.json"), "utf8")).definition as LayerDefinition,
  };
}

const notebooks = (idleShutdownMinutes: number): PartDefinition => ({
  kind: "notebooks",
  name: "notebooks",
  port: 18088,
  idleShutdownMinutes,
});
const bucket: PartDefinition = { kind: "directory", name: "datasets", path: "buckets/${path.module}%{ if true }" };

test("a layer is converged once, again when a part changes, and stopped when it is destroyed", () => {
  const { write, terraform, calls, definition, state, record } = workspace();

  write(notebooks(60), bucket);
  terraform("init", "-input=false");
  terraform("apply", "-auto-approve", "-input=false");
  expect(calls().map(({ verb, did }) => [verb, did])).toEqual([["apply", "converged"]]);
  // What the script was told is what the constructs said, with people's text untouched.
  expect(definition().parts).toEqual([notebooks(60), bucket]);
  expect(existsSync(state)).toBe(true);

  expect(terraform("apply", "-auto-approve", "-input=false")).toContain("No changes.");
  expect(calls()).toEqual([]);

  write(notebooks(30), bucket);
  expect(terraform("apply", "-auto-approve", "-input=false")).toContain("1 added, 0 changed, 1 destroyed");
  // New before old, so that nothing is stopped in between; Terraform runs no destroy provisioner for the old one.
  expect(calls().map(({ verb, did }) => [verb, did])).toEqual([["apply", "converged"]]);
  expect(definition().parts).toContainEqual(notebooks(30));

  write(bucket);
  terraform("apply", "-auto-approve", "-input=false");
  expect(calls().map(({ did }) => did)).toEqual(["converged"]);
  expect(definition().parts).toEqual([bucket]);

  terraform("destroy", "-auto-approve", "-input=false");
  expect(calls().map(({ verb, did }) => [verb, did])).toEqual([["destroy", "stopped"]]);
  expect(existsSync(record)).toBe(false);
}, 60_000);

test("the code may lie elsewhere than the workspace: whoever runs Terraform tells where", () => {
  const { write, terraform, calls } = workspace({ codeRoot: join(temporaryFolder(), "the code's $HOME `here`") });
  write(bucket);
  terraform("init", "-input=false");
  terraform("apply", "-auto-approve", "-input=false");
  terraform("destroy", "-auto-approve", "-input=false");
  expect(calls().map(({ did }) => did)).toEqual(["converged", "stopped"]);
}, 60_000);

test("a layer that failed to converge is converged by the next apply, and its state is not lost", () => {
  const { write, terraform, calls, estate, state } = workspace();
  mkdirSync(estate, { recursive: true });
  appendFileSync(join(estate, "fail"), "");
  write(notebooks(60));
  terraform("init", "-input=false");
  expect(() => terraform("apply", "-auto-approve", "-input=false")).toThrow(/local-exec provisioner error/);
  expect(calls()).toHaveLength(1);
  expect(existsSync(state)).toBe(true);

  rmSync(join(estate, "fail"));
  terraform("apply", "-auto-approve", "-input=false");
  const second = calls();
  expect(second.filter(({ did }) => did === "converged")).toHaveLength(1);
  expect(second.filter(({ did }) => did === "stopped")).toEqual([]);
  expect(terraform("plan", "-input=false")).toContain("No changes.");
}, 60_000);

test("Terraform stops nothing when it destroys a layer that failed to converge, so whoever destroys has to", () => {
  const { write, terraform, calls, estate } = workspace();
  mkdirSync(estate, { recursive: true });
  appendFileSync(join(estate, "fail"), "");
  write(notebooks(60));
  terraform("init", "-input=false");
  expect(() => terraform("apply", "-auto-approve", "-input=false")).toThrow();
  calls();

  rmSync(join(estate, "fail"));
  terraform("destroy", "-auto-approve", "-input=false");
  expect(calls()).toEqual([]);
}, 60_000);
